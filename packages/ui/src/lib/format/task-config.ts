import type { FunctionJson } from '@taskflow/core/client'
import { t } from '../messages/messages.ts'
import { formatDuration, formatLength } from './duration.ts'

/** What sets a task apart, short enough for a list. */
export function configPills(task: FunctionJson): string[] {
  const pills = [
    task.retries === 0
      ? t('no retries')
      : t('{count} attempt|{count} attempts', { count: task.retries + 1 }),
  ]
  if (task.retries > 0 && (task.backoff ?? 1) > 1) pills.push(t('exponential'))
  if (task.priority !== null) pills.push(t('priority {number}', { number: task.priority }))
  pills.push(task.executor)
  if (task.concurrency !== null) pills.push(t('max {number}', { number: task.concurrency }))
  if (task.rate_limit) pills.push(t('rate {rate}', { rate: rateText(task.rate_limit) }))
  if (task.timeout !== null) pills.push(t('timeout {time}', { time: formatDuration(task.timeout) }))
  if (task.eager) pills.push(t('eager'))
  if (task.requeue_on_interrupt) pills.push(t('requeued on interrupt'))
  return pills
}

/** All settings of a task, in words. */
export function configFacts(task: FunctionJson): [label: string, value: string][] {
  return [
    [t('Executor'), task.executor],
    [t('Attempts'), attemptsText(task)],
    [t('Back-off'), task.retries === 0 ? t('none') : backoffText(task)],
    [t('Timeout'), task.timeout === null ? t('none') : formatDuration(task.timeout)],
    [t('Priority'), task.priority === null ? t('normal') : String(task.priority)],
    [
      t('At the same time'),
      task.concurrency === null ? t('as many as fit') : String(task.concurrency),
    ],
    [t('Rate'), task.rate_limit ? rateText(task.rate_limit) : t('not limited')],
    [
      t('Start'),
      task.eager ? t('at once, also within a request') : t('after the response of its request'),
    ],
    [
      t('On interrupt'),
      task.requeue_on_interrupt ? t('queued again at the next start') : t('stays interrupted'),
    ],
    [
      t('History'),
      task.retention === null ? t('as long as others') : formatDuration(task.retention),
    ],
    ...(task.after.length > 0 ? [[t('Follows'), task.after.join(', ')] as [string, string]] : []),
    [t('Instances'), task.instances === 0 ? t('none that can run it') : String(task.instances)],
  ]
}

function attemptsText({ retries }: FunctionJson): string {
  return retries === 0
    ? t('1, no retries')
    : t('{attempts}: one and {count} retry|{attempts}: one and {count} retries', {
        attempts: retries + 1,
        count: retries,
      })
}

function backoffText({ delay, backoff, max_delay, jitter }: FunctionJson): string {
  const grows = (backoff ?? 1) > 1
  const parts = [
    grows
      ? t('{time}, times {factor} each', { time: formatDuration(delay), factor: backoff ?? 1 })
      : t('{time} each', { time: formatDuration(delay) }),
    ...(grows ? [t('up to {time}', { time: formatDuration(max_delay) })] : []),
    ...(jitter > 0 ? [t('jitter {percent} %', { percent: Math.round(jitter * 100) })] : []),
  ]
  return parts.join(', ')
}

/** `20 per 1s`, `100 per 5m` */
function rateText({ count, per }: { count: number; per: number }): string {
  return t('{number} per {time}', { number: count, time: formatLength(per) })
}
