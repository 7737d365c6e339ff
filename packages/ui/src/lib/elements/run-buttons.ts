import { isFinal, isRetryable, type Right, type TaskDetailJson } from '@taskflow/core/client'
import { html, nothing, type TemplateResult } from 'lit'
import type { ActionProgress } from '../actions.ts'
import { shortId } from '../format/number.ts'
import { rich, t } from '../messages/messages.ts'
import { icon } from '../parts/icons.ts'

interface ButtonOptions {
  task: TaskDetailJson
  progress: ActionProgress | null
  may: (right: Right) => boolean
  act: (action: 'retry' | 'cancel') => void
  link: (id: string) => { href: string; click: (event: MouseEvent) => void }
}

/** The one thing to do with a run now: retry it, cancel it, or look at what a retry made of it. */
export function runButtons(options: ButtonOptions): TemplateResult | typeof nothing {
  const { task, progress, may } = options
  if (progress?.state === 'done' && progress.action === 'retry') {
    return queuedAs(progress.newId, options)
  }
  const sending = progress?.state === 'sending'
  if (isRetryable(task.status) && may('retry')) {
    const unknown = progress?.state === 'refused' && progress.status === 409
    return button('retry', sending ? t('Retrying…') : t('Retry'), sending || unknown, options)
  }
  if (!isFinal(task.status) && may('cancel')) {
    const asked = task.cancel_requested_at != null
    const label = sending ? t('Cancelling…') : asked ? t('Cancel requested') : t('Cancel')
    return button('cancel', label, sending || asked, options)
  }
  return nothing
}

function button(
  action: 'retry' | 'cancel',
  label: string,
  disabled: boolean,
  { progress, act }: ButtonOptions,
) {
  const shape = action === 'retry' ? 'cycle' : 'slashed'
  const busy = progress?.state === 'sending'
  return html`<button
    class="button ${action === 'retry' ? 'primary' : ''}"
    type="button"
    data-action=${action}
    ?disabled=${disabled}
    @click=${() => act(action)}
  >
    ${icon(busy ? 'arc' : shape, busy ? 'spins' : '')} ${label}
  </button>`
}

/** Stands where the button was. */
function queuedAs(id: string, { link }: ButtonOptions) {
  const { href, click } = link(id)
  return html`<a class="button" data-queued href=${href} @click=${click}>
    <span class="status" data-status="success">${icon('check')}</span>
    ${rich('Queued as {id}', { id: html`<span class="mono">${shortId(id)}</span>` })}
  </a>`
}
