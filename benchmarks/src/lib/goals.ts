import type { GoalResult, Result } from './report-format.ts'

/** Figures by measure and system. */
export type Figures = (measure: string, system: string) => number | null

interface Goal {
  measure: string
  /** Systems it holds for. */
  systems: string[]
  text: string
  /** True when `value` reaches it; null when what it is compared with is not there. */
  reached(value: number, figures: Figures, result: Result): boolean | null
}

const PG_PEERS = ['pg-boss', 'graphile-worker', 'sidequest-postgres']
const POSTGRES = ['taskflow-postgres']
const SQLITE = ['taskflow-sqlite']
const RAW: Record<string, string> = {
  'taskflow-postgres': 'raw-postgres',
  'taskflow-sqlite': 'raw-sqlite-full',
}

function ofRaw(measure: string, systems: string[], factor: number): Goal {
  return {
    measure,
    systems,
    text: `≥ ${factor} of raw`,
    reached: (value, figures, { system }) =>
      atLeast(value, figures(measure, RAW[system] ?? ''), factor),
  }
}

function ofBestPeer(measure: string, factor: number): Goal {
  return {
    measure,
    systems: POSTGRES,
    text: `≥ ${factor}× the best Postgres peer`,
    reached: (value, figures) => {
      const peers = PG_PEERS.map((peer) => figures(measure, peer)).filter((peer) => peer !== null)
      return atLeast(value, peers.length > 0 ? Math.max(...peers) : null, factor)
    },
  }
}

function aheadOf(measure: string, peer: string): Goal {
  return {
    measure,
    systems: POSTGRES,
    text: `ahead of ${peer}`,
    reached: (value, figures) => {
      const other = figures(measure, peer)
      return other === null ? null : value > other
    },
  }
}

function atMost(measure: string, systems: string[], limit: number, unit: string): Goal {
  const text = `≤ ${limit} ${unit}`
  return { measure, systems, text, reached: (value) => value <= limit }
}

/** Half as fast as what does nothing but pass messages. */
function ofBare(measure: string, bare: string, name: string): Goal {
  return {
    measure,
    systems: ['taskflow-memory'],
    text: `≥ 0.5 of ${name}`,
    reached: (value, figures, { system }) => atLeast(value, figures(bare, system), 0.5),
  }
}

function likeEmpty(measure: string): Goal {
  return {
    measure,
    systems: [...POSTGRES, ...SQLITE],
    text: 'within 10 % of empty',
    reached: (value, _, { empty }) => atLeast(value, empty, 0.9),
  }
}

function atLeast(value: number, reference: number | null, factor: number): boolean | null {
  return reference === null ? null : value >= factor * reference
}

const GOALS: Goal[] = [
  ofRaw('enqueue-one', POSTGRES, 0.7),
  ofRaw('enqueue-producers', POSTGRES, 0.4),
  ofBestPeer('enqueue-producers', 6),
  aheadOf('enqueue-producers', 'bullmq'),
  ofRaw('enqueue-batch', POSTGRES, 0.35),
  aheadOf('enqueue-batch', 'graphile-worker'),
  ofRaw('drain-ten', POSTGRES, 1.5),
  ofBestPeer('drain-ten', 3),
  aheadOf('drain-ten', 'bullmq'),
  aheadOf('drain-tuned', 'graphile-worker'),
  ofRaw('drain-tuned', POSTGRES, 0.5),
  ofRaw('enqueue-one', SQLITE, 0.7),
  ofRaw('enqueue-producers', SQLITE, 0.4),
  ofRaw('enqueue-batch', SQLITE, 0.35),
  ofRaw('drain-ten', SQLITE, 0.5),
  ofRaw('drain-tuned', SQLITE, 0.45),
  likeEmpty('drain-ten-history'),
  likeEmpty('drain-tuned-history'),
  atMost('latency-own-p50', POSTGRES, 1.3, 'ms'),
  atMost('latency-own-p95', POSTGRES, 3, 'ms'),
  atMost('latency-other-p50', POSTGRES, 5, 'ms'),
  atMost('latency-own-p50', SQLITE, 0.8, 'ms'),
  atMost('latency-own-p95', SQLITE, 1.5, 'ms'),
  atMost('memory-task-us', ['taskflow-memory'], 8, 'µs'),
  atMost('memory-task-bytes', ['taskflow-memory'], 1536, 'bytes'),
  atMost('memory-drain', [...POSTGRES, ...SQLITE], 110, 'MB'),
  ofBare('executors-thread', 'executors-piscina', 'piscina'),
  ofBare('executors-process', 'executors-fork', 'bare fork'),
  ...['node', 'express', 'koa', 'hono'].map((name) =>
    atMost(`http-${name}`, ['taskflow-memory'], 10, '%'),
  ),
  atMost('pages-worst', [...POSTGRES, ...SQLITE], 30, 'ms'),
  atMost('streams-change-bytes', ['taskflow-memory'], 1_024, 'bytes'),
  atMost('streams-idle-memory', ['taskflow-memory'], 100, 'MB'),
  atMost('streams-idle-cpu', ['taskflow-memory'], 5, '%'),
  {
    measure: 'streams-delay-stuck-p95',
    systems: ['taskflow-memory'],
    text: 'as without them, within 10 ms',
    reached: (value, figures, { system }) => {
      const alone = figures('streams-delay-p95', system)
      return alone === null ? null : value <= alone + 10
    },
  },
  atMost('dashboard-paint', SQLITE, 100, 'ms'),
  atMost('dashboard-batch-script', SQLITE, 4, 'ms'),
  atMost('dashboard-heap-growth', SQLITE, 5, 'MB'),
  atMost('dashboard-graph-task', SQLITE, 50, 'ms'),
  atMost('dashboard-log-open', SQLITE, 500, 'ms'),
  {
    measure: 'dashboard-log-fps',
    systems: SQLITE,
    text: '≥ 55 frames/s',
    reached: (value) => value >= 55,
  },
  atMost('dashboard-log-search', SQLITE, 1_000, 'ms'),
  atMost('dashboard-worst-filter', SQLITE, 300, 'ms'),
  atMost('dashboard-heap', SQLITE, 60, 'MB'),
  atMost('recovery', POSTGRES, 19, 's'),
  atMost('recovery', SQLITE, 2, 's'),
]

/** What was asked of this figure, and whether it was reached. */
export function judge(result: Result, figures: Figures): GoalResult[] {
  const { measure, system, value } = result
  return GOALS.filter((goal) => goal.measure === measure && goal.systems.includes(system)).map(
    (goal) => ({
      goal: goal.text,
      pass: value === null ? null : goal.reached(value, figures, result),
    }),
  )
}
