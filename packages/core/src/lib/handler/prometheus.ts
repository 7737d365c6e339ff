import { TASK_STATUSES } from '../record.ts'
import type { InstanceRecord, TaskMetrics } from '../storage/contract.ts'

/** What is told about one function. */
export interface FunctionNumbers {
  funcName: string
  metrics: TaskMetrics
}

type Labels = Record<string, string>

interface Family {
  name: string
  type: 'gauge' | 'counter'
  help: string
  samples: [Labels, number | null][]
}

const WAITING = ['queued', 'scheduled', 'blocked', 'retrying'] as const
const DURATIONS = [
  ['0.5', 'p50DurationMs'],
  ['0.95', 'p95DurationMs'],
  ['0.99', 'p99DurationMs'],
] as const

/** Numbers in the text format that Prometheus reads. Tasks that were pruned are in none of them. */
export function prometheusText(
  totals: TaskMetrics,
  functions: readonly FunctionNumbers[],
  instances: readonly InstanceRecord[],
  now: number,
): string {
  const { oldestQueuedAt } = totals
  const ofInstances = (value: (instance: InstanceRecord) => number): Family['samples'] =>
    instances.map((instance) => [
      { instance: instance.instanceId, host: instance.host },
      value(instance),
    ])
  const families: Family[] = [
    {
      name: 'taskflow_tasks',
      type: 'gauge',
      help: 'Tasks that exist, by function and status.',
      samples: functions.flatMap(({ funcName, metrics }) =>
        TASK_STATUSES.map((status): [Labels, number] => [
          { func_name: funcName, status },
          metrics[status],
        ]),
      ),
    },
    {
      name: 'taskflow_pending_tasks',
      type: 'gauge',
      help: 'Pending tasks, by function and phase.',
      samples: functions.flatMap(({ funcName, metrics }) =>
        WAITING.map((phase): [Labels, number] => [{ func_name: funcName, phase }, metrics[phase]]),
      ),
    },
    {
      name: 'taskflow_task_duration_seconds',
      type: 'gauge',
      help: 'How long successful tasks ran, by function and quantile.',
      samples: functions.flatMap(({ funcName, metrics }) =>
        DURATIONS.map(([quantile, name]): [Labels, number | null] => [
          { func_name: funcName, quantile },
          inSeconds(metrics[name]),
        ]),
      ),
    },
    {
      name: 'taskflow_task_duration_seconds_mean',
      type: 'gauge',
      help: 'How long successful tasks ran on average, by function.',
      samples: functions.map(({ funcName, metrics }) => [
        { func_name: funcName },
        inSeconds(metrics.avgDurationMs),
      ]),
    },
    single('taskflow_oldest_queued_seconds', 'How long the task that waits longest has been due.', [
      oldestQueuedAt === null ? 0 : Math.max(0, now - oldestQueuedAt) / 1000,
    ]),
    single('taskflow_ended_last_minute', 'Tasks that ended in the last full minute.', [
      totals.endedLastMinute,
    ]),
    {
      ...single(
        'taskflow_late_settlements_total',
        'Ends of attempts that came after the task had gone to another instance, and were refused.',
        [totals.lateSettlements],
      ),
      type: 'counter',
    },
    {
      name: 'taskflow_instances',
      type: 'gauge',
      help: 'Instances, by state.',
      samples: (['running', 'draining', 'stale'] as const).map((state) => [
        { state },
        instances.filter((instance) => instance.state === state).length,
      ]),
    },
    {
      name: 'taskflow_instance_running_tasks',
      type: 'gauge',
      help: 'Tasks that an instance runs.',
      samples: ofInstances(({ running }) => running),
    },
    {
      name: 'taskflow_instance_unresponsive_handlers',
      type: 'gauge',
      help: 'Handlers that go on although their task ended.',
      samples: ofInstances(({ unresponsive }) => unresponsive),
    },
  ]
  return families.map(familyText).join('')
}

function single(name: string, help: string, values: number[]): Family {
  return { name, type: 'gauge', help, samples: values.map((value) => [{}, value]) }
}

function familyText({ name, type, help, samples }: Family): string {
  const lines = samples.flatMap(([labels, value]) =>
    value === null ? [] : [`${name}${labelText(labels)} ${value}\n`],
  )
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

const inSeconds = (ms: number | null) => (ms === null ? null : ms / 1000)
