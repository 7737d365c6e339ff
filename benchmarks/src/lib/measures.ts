import type { SystemInfo } from './report-format.ts'

/** A figure in the table. */
export interface Measure {
  name: string
  title: string
  unit: string
  better: 'higher' | 'lower'
}

/** What one child process measures in one go. */
export interface Case {
  name: string
  /** Its database holds `history` finished rows before. */
  history?: true
  /** The case that is the same without them. */
  empty?: string
  /** Systems it makes sense for. [all] */
  suits?(system: SystemInfo): boolean
  measures: Measure[]
}

/** What can be asked for on the command line. */
export interface Row {
  name: string
  about: string
  cases: Case[]
}

const perSecond = { unit: 'jobs/s', better: 'higher' } as const
const inMs = { unit: 'ms', better: 'lower' } as const

const isDurable = ({ storage }: SystemInfo) => storage !== 'memory'
const isWhole = (system: SystemInfo) => isDurable(system) && system.kind !== 'raw'

function rate(name: string, title: string): Case {
  return { name, measures: [{ name, title, ...perSecond }] }
}

/** In memory, history ends with the process that made it. */
function rateWithHistory(empty: string, title: string): Case {
  const name = `${empty}-history`
  return { ...rate(name, `${title}, finished rows kept`), empty, history: true, suits: isDurable }
}

function percentiles(name: string, title: string): Measure[] {
  return [50, 95].map((p) => ({ name: `${name}-p${p}`, title: `${title}, p${p}`, ...inMs }))
}

export const LIST_QUERIES = [
  'all',
  'status',
  'function',
  'function-and-status',
  'group',
  'flow',
  'schedule',
  'tag',
  'id-prefix',
  'time-range',
  'sort-func_name',
  'sort-status',
  'sort-duration',
  'sort-retries_used',
  'sort-priority',
  'sort-start_time',
  'sort-end_time',
  'metrics',
  'metrics-function',
  'metrics-day',
] as const

export type ListQuery = (typeof LIST_QUERIES)[number]

export const PAGE_QUERIES = [
  'list',
  'next-page',
  'status',
  'function',
  'function-and-status',
  'group',
  'flow',
  'schedule',
  'tag',
  'id-prefix',
  'time-range',
  'metrics',
  'metrics-function',
  'metrics-day',
] as const

export type PageQuery = (typeof PAGE_QUERIES)[number]

/** What the dashboard's list is asked for with finished rows behind it. */
export const FILTERS = [
  'first-page',
  'status',
  'function',
  'function-and-status',
  'group',
  'tag',
  'schedule',
  'time-range',
  'duration',
  'id-prefix',
] as const

const isSqlite = ({ name }: SystemInfo) => name === 'taskflow-sqlite'

export const ROWS: readonly Row[] = [
  {
    name: 'enqueue',
    about: 'jobs stored per second',
    cases: [
      rate('enqueue-one', 'enqueue, one await at a time'),
      rate('enqueue-producers', 'enqueue, 50 producers'),
      rate('enqueue-batch', 'enqueue, batches of 1000'),
    ],
  },
  {
    name: 'drain',
    about: 'no-op jobs run per second, without and with finished rows',
    cases: [
      rate('drain-ten', 'drain, 10 at a time'),
      rate('drain-tuned', 'drain, tuned'),
      rateWithHistory('drain-ten', 'drain, 10 at a time'),
      rateWithHistory('drain-tuned', 'drain, tuned'),
    ],
  },
  {
    name: 'latency',
    about: 'from the call of enqueue to the first line of the handler, idle system',
    cases: [
      { name: 'latency-own', measures: percentiles('latency-own', 'start latency') },
      {
        name: 'latency-other',
        suits: isWhole,
        measures: percentiles('latency-other', 'start latency, enqueued by another process'),
      },
    ],
  },
  {
    name: 'lists',
    about: 'list pages and metrics over finished rows',
    cases: [
      {
        name: 'lists',
        history: true,
        suits: (system) => isDurable(system) && system.kind === 'taskflow',
        measures: LIST_QUERIES.flatMap((query) => percentiles(`lists-${query}`, query)),
      },
    ],
  },
  {
    name: 'idle',
    about: 'what a started system asks of its database while nothing is to do',
    cases: [
      {
        name: 'idle',
        suits: isWhole,
        measures: [
          {
            name: 'idle-statements',
            title: 'idle: statements (SQLite), transactions (Postgres), commands (Redis)',
            unit: 'per minute',
            better: 'lower',
          },
        ],
      },
    ],
  },
  {
    name: 'memory',
    about: 'peak RSS while draining; cost of a task in the memory storage',
    cases: [
      {
        name: 'memory-drain',
        measures: [
          { name: 'memory-drain', title: 'peak RSS, drain tuned', unit: 'MB', better: 'lower' },
        ],
      },
      {
        name: 'memory-task',
        suits: ({ name }) => name === 'taskflow-memory',
        measures: [
          { name: 'memory-task-us', title: 'no-op task', unit: 'µs', better: 'lower' },
          { name: 'memory-task-bytes', title: 'waiting task', unit: 'bytes', better: 'lower' },
        ],
      },
    ],
  },
  {
    name: 'executors',
    about: 'no-op tasks in threads and child processes, beside piscina and a bare fork pool',
    cases: [
      {
        name: 'executors',
        suits: ({ name }) => name === 'taskflow-memory',
        measures: [
          { name: 'executors-thread', title: 'two threads: the executor', ...perSecond },
          { name: 'executors-thread-manager', title: 'two threads: whole tasks', ...perSecond },
          { name: 'executors-piscina', title: 'two threads: piscina', ...perSecond },
          { name: 'executors-process', title: 'two children: the executor', ...perSecond },
          { name: 'executors-process-manager', title: 'two children: whole tasks', ...perSecond },
          { name: 'executors-fork', title: 'two children: bare fork', ...perSecond },
        ],
      },
    ],
  },
  {
    name: 'http',
    about: 'what adapters add to a list page, beside a bare node:http server',
    cases: [
      {
        name: 'http',
        suits: ({ name }) => name === 'taskflow-memory',
        measures: ['node', 'express', 'koa', 'hono'].map((name) => ({
          name: `http-${name}`,
          title: `list page by ${name === 'node' ? 'nodeHandler' : name}, added`,
          unit: '%',
          better: 'lower' as const,
        })),
      },
    ],
  },
  {
    name: 'pages',
    about: 'what the dashboard asks for, over HTTP and finished rows',
    cases: [
      {
        name: 'pages',
        history: true,
        suits: (system) => isDurable(system) && system.kind === 'taskflow',
        measures: [
          { name: 'pages-worst', title: 'slowest page over HTTP and finished rows, p95', ...inMs },
          ...PAGE_QUERIES.flatMap((query) => percentiles(`pages-${query}`, query)),
        ],
      },
    ],
  },
  {
    name: 'streams',
    about: 'live streams: bytes of a change, idle readers, readers that never read',
    cases: [
      {
        name: 'streams',
        suits: ({ name }) => name === 'taskflow-memory',
        measures: [
          {
            name: 'streams-change-bytes',
            title: 'one change, to one dashboard',
            unit: 'bytes',
            better: 'lower',
          },
          {
            name: 'streams-idle-memory',
            title: '1 000 idle streams, more memory',
            unit: 'MB',
            better: 'lower',
          },
          {
            name: 'streams-idle-cpu',
            title: '1 000 idle streams, of one core',
            unit: '%',
            better: 'lower',
          },
          { name: 'streams-delay-p95', title: 'from a change to its reader, p95', ...inMs },
          {
            name: 'streams-delay-stuck-p95',
            title: 'the same beside 200 that never read, p95',
            ...inMs,
          },
        ],
      },
    ],
  },
  {
    name: 'dashboard',
    about: 'the dashboard in a real browser: rows, changes, graph, a long log, filters',
    cases: [
      {
        name: 'dashboard-list',
        suits: isSqlite,
        measures: [
          { name: 'dashboard-paint', title: 'from the answer to 50 painted rows', ...inMs },
          { name: 'dashboard-batch-script', title: '50 changes at once, scripts', ...inMs },
          { name: 'dashboard-batch-layout', title: '50 changes at once, style, layout', ...inMs },
          {
            name: 'dashboard-heap-growth',
            title: 'heap after as many batches of 50 changes as half the jobs, more or less',
            unit: 'MB',
            better: 'lower',
          },
        ],
      },
      {
        name: 'dashboard-graph',
        suits: isSqlite,
        measures: [
          { name: 'dashboard-graph-task', title: 'graph of 250 tasks, longest task', ...inMs },
          { name: 'dashboard-graph-drawn', title: 'graph of 250 tasks, all drawn', ...inMs },
        ],
      },
      {
        name: 'dashboard-log',
        suits: isSqlite,
        measures: [
          { name: 'dashboard-log-open', title: 'log of 50 lines per job, its end seen', ...inMs },
          {
            name: 'dashboard-log-fps',
            title: 'the same, scrolled',
            unit: 'frames/s',
            better: 'higher',
          },
          { name: 'dashboard-log-search', title: 'the same, a line found and seen', ...inMs },
        ],
      },
      {
        name: 'dashboard-history',
        history: true,
        suits: isSqlite,
        measures: [
          ...FILTERS.map((name) => ({
            name: `dashboard-${name}`,
            title: `list over finished rows, ${name.replaceAll('-', ' ')}`,
            ...inMs,
          })),
          { name: 'dashboard-worst-filter', title: 'the slowest of these', ...inMs },
          { name: 'dashboard-heap', title: 'heap afterwards', unit: 'MB', better: 'lower' },
        ],
      },
    ],
  },
  {
    name: 'recovery',
    about: "from kill -9 of a process until its task runs again, 'requeueOnInterrupt' on",
    cases: [
      {
        name: 'recovery',
        suits: isWhole,
        measures: [
          { name: 'recovery', title: 'task of a killed process', unit: 's', better: 'lower' },
        ],
      },
    ],
  },
]
