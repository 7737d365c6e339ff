import type { BulkRetryJson } from '@taskflow/core/client'
import type { ActionSummary } from '../../events.ts'
import { visibleText } from '../../format/visible-text.ts'
import { type MessageKey, t } from '../../messages/messages.ts'
import type { ErrorGroup } from '../../store/dead-letters.ts'
import { runsRoute } from '../../url/route.ts'
import type { ConfirmOptions } from '../dialogs/dialogs.ts'

/** What a replay may reach back to. */
export const RETRY_WINDOWS = [
  { value: '1h', label: 'the last hour' },
  { value: '6h', label: 'the last 6 h' },
  { value: '24h', label: 'the last 24 h' },
  { value: '7d', label: 'the last 7 days' },
  { value: 'all', label: 'all time' },
] as const satisfies readonly { value: string; label: MessageKey }[]

/** What is asked before all of a group are retried. */
export function groupQuestion({ name, message, tasks }: ErrorGroup): ConfirmOptions {
  return question(
    tasks.length,
    t(
      'All that failed with {error}. Each becomes a new run with the same input; runs that were retried already are skipped.',
      { error: visibleText(name ?? message) },
    ),
  )
}

/** What is asked before all are retried that failed in a window, of one task or of all. */
export function windowQuestion(count: number, since: string, func: string): ConfirmOptions {
  const task = visibleText(func)
  const known = RETRY_WINDOWS.find(({ value }) => value === since)
  const window = known ? t(known.label) : since
  if (count === 0) {
    return {
      title: t('Nothing to replay'),
      text: func
        ? t('No run of {task} that failed in {window} waits for a retry.', { task, window })
        : t('No run that failed in {window} waits for a retry.', { window }),
      confirm: t('Close'),
    }
  }
  return question(
    count,
    func
      ? t(
          'All of {task} that failed in {window}, whatever the error. Each becomes a new run with the same input.',
          { task, window },
        )
      : t(
          'All that failed in {window}, whatever the error. Each becomes a new run with the same input.',
          { window },
        ),
  )
}

/** What is said when it is done. */
export function retrySummary({ dispatched, skipped, results }: BulkRetryJson): ActionSummary {
  const reasons = [...new Set(results.flatMap(({ reason }) => reason ?? []))]
  return {
    title: t('{count} run queued|{count} runs queued', { count: dispatched }),
    ...(skipped > 0 && {
      text:
        reasons.length > 0
          ? t('{count} skipped: {reasons}', {
              count: skipped,
              reasons: reasons.slice(0, 3).join('; '),
            })
          : t('{count} skipped', { count: skipped }),
    }),
    route: runsRoute({ since: '1h' }),
  }
}

function question(count: number, text: string): ConfirmOptions {
  return {
    title: t('Retry {count} run?|Retry {count} runs?', { count }),
    text,
    confirm: t('Retry {count} run|Retry {count} runs', { count }),
    count,
  }
}
