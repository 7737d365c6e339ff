import type { FunctionJson } from '@taskflow/core/client'
import { formatDuration } from './duration.ts'
import { plural } from './number.ts'

/** What sets a task apart, short enough for a list. */
export function configPills(task: FunctionJson): string[] {
  const pills = [task.retries === 0 ? 'no retries' : plural(task.retries + 1, 'attempt')]
  if (task.retries > 0 && (task.backoff ?? 1) > 1) pills.push('exponential')
  if (task.priority !== null) pills.push(`priority ${task.priority}`)
  pills.push(task.executor)
  if (task.concurrency !== null) pills.push(`max ${task.concurrency}`)
  if (task.rate_limit) pills.push(`rate ${rateText(task.rate_limit)}`)
  if (task.timeout !== null) pills.push(`timeout ${formatDuration(task.timeout)}`)
  if (task.eager) pills.push('eager')
  if (task.requeue_on_interrupt) pills.push('requeued on interrupt')
  return pills
}

/** All settings of a task, in words. */
export function configFacts(task: FunctionJson): [label: string, value: string][] {
  return [
    ['Executor', task.executor],
    ['Attempts', attemptsText(task)],
    ['Back-off', task.retries === 0 ? 'none' : backoffText(task)],
    ['Timeout', task.timeout === null ? 'none' : formatDuration(task.timeout)],
    ['Priority', task.priority === null ? 'normal' : String(task.priority)],
    ['At the same time', task.concurrency === null ? 'as many as fit' : String(task.concurrency)],
    ['Rate', task.rate_limit ? rateText(task.rate_limit) : 'not limited'],
    ['Start', task.eager ? 'at once, also within a request' : 'after the response of its request'],
    [
      'On interrupt',
      task.requeue_on_interrupt ? 'queued again at the next start' : 'stays interrupted',
    ],
    ['History', task.retention === null ? 'as long as others' : formatDuration(task.retention)],
    ...(task.after.length > 0 ? [['Follows', task.after.join(', ')] as [string, string]] : []),
    ['Instances', task.instances === 0 ? 'none that can run it' : String(task.instances)],
  ]
}

function attemptsText({ retries }: FunctionJson): string {
  return retries === 0
    ? '1, no retries'
    : `${retries + 1}: one and ${plural(retries, 'retry', 'retries')}`
}

function backoffText({ delay, backoff, max_delay, jitter }: FunctionJson): string {
  const grows = (backoff ?? 1) > 1
  const parts = [
    grows ? `${formatDuration(delay)}, times ${backoff} each` : `${formatDuration(delay)} each`,
    ...(grows ? [`up to ${formatDuration(max_delay)}`] : []),
    ...(jitter > 0 ? [`jitter ${Math.round(jitter * 100)} %`] : []),
  ]
  return parts.join(', ')
}

/** `20/s`, `100 per 5m 00s` */
function rateText({ count, per }: { count: number; per: number }): string {
  if (per === 1) return `${count}/s`
  return per === 60 ? `${count}/min` : `${count} per ${formatDuration(per)}`
}
