import { isFinal, type TaskDetailJson } from '@taskflow/core/client'
import { html, nothing, type TemplateResult } from 'lit'
import { formatClock } from '../format/time.ts'
import { t } from '../messages/messages.ts'
import { icon } from '../parts/icons.ts'

/** What asking to stop means for a run, and the way on when it does not; null: not offered. */
export function cancelNote(
  task: TaskDetailJson,
  force: (() => void) | null,
): TemplateResult | typeof nothing {
  if (!task.cancel_requested_at || isFinal(task.status)) return nothing
  return html`<div class="banner warning" role="status" data-cancel-note>
    ${icon('slashed')}
    <span class="grow"
      >${t('Asked to stop at {time}.', { time: formatClock(Date.parse(task.cancel_requested_at)) })}
      ${whenItEnds(task.executor)}</span
    >
    ${
      force
        ? html`<button class="button" type="button" data-action="force" @click=${force}>${t('Force cancel')}</button>`
        : nothing
    }
  </div>`
}

function whenItEnds(executor: string): string {
  switch (executor) {
    case 'thread':
      return t('Its thread is ended when the grace period is over.')
    case 'process':
      return t('Its process is ended when the grace period is over.')
    default:
      return t(
        'Work that watches its signal stops soon; synchronous work cannot be cut off and runs on to its end.',
      )
  }
}
