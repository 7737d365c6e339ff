import type { TaskSummary } from '../record.ts'
import { isoInstant } from './serialize.ts'

type Cell = string | number | null

const instant = (at: number | null) => (at === null ? null : isoInstant(at))

/** The columns of the export, by name. Payloads and results are not among them. */
const COLUMNS: Record<string, (task: TaskSummary) => Cell> = {
  task_id: (task) => task.taskId,
  func_name: (task) => task.funcName,
  group: (task) => task.group,
  status: (task) => task.status,
  phase: (task) => task.phase,
  created_at: (task) => instant(task.createdAt),
  run_at: (task) => instant(task.runAt),
  start_time: (task) => instant(task.startTime),
  end_time: (task) => instant(task.endTime),
  duration: (task) => (task.durationMs === null ? null : task.durationMs / 1000),
  attempts_made: (task) => task.attemptsMade,
  retries_used: (task) => task.retriesUsed,
  max_attempts: (task) => task.maxAttempts,
  error: (task) => task.error,
  tags: (task) => (Object.keys(task.tags).length === 0 ? null : JSON.stringify(task.tags)),
  source: (task) => task.source,
  priority: (task) => task.priority,
  executor: (task) => task.executor,
  instance: (task) => task.instance,
  idempotency_key: (task) => task.idempotencyKey,
  flow_id: (task) => task.flowId,
  schedule_id: (task) => task.scheduleId,
  retry_of: (task) => task.retryOf,
  log_count: (task) => task.logCount,
}

export const csvHeader = `${Object.keys(COLUMNS).join(',')}\r\n`

/** One line of RFC 4180. */
export function csvLine(task: TaskSummary): string {
  return `${Object.values(COLUMNS)
    .map((value) => cell(value(task)))
    .join(',')}\r\n`
}

/** Text that a spreadsheet would take for a formula gets an apostrophe before it; NUL is shown. */
function cell(value: Cell): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const visible = value.replaceAll('\0', '␀')
  const safe = /^[=+\-@\t\r\n]/.test(visible) ? `'${visible}` : visible
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
