import type { TaskDetailJson } from '@taskflow/core/client'
import { html, nothing } from 'lit'
import { type MessageKey, t } from '../../messages/messages.ts'

/** Why there is nothing to see. */
const HIDDEN = {
  disabled: 'Not shown: the server keeps them to itself (exposePayloads is off).',
  encrypted: 'Encrypted: the server does not send them.',
  unregistered: 'Not shown: this server does not know the task, nor what of them is secret.',
} as const satisfies Record<string, MessageKey>

/** Input and output of a run, or why they are missing. */
export function inputAndOutput(task: TaskDetailJson) {
  if (task.payload_hidden) {
    return html`<p class="muted hidden-data">${t(HIDDEN[task.payload_hidden])}</p>`
  }
  return html`<section>
      <h3>${t('Input')}</h3>
      <taskflow-json label=${t('Input')} .value=${task.payload}></taskflow-json>
    </section>
    ${
      task.result === undefined
        ? nothing
        : html`<section>
            <h3>${t('Output')}</h3>
            <taskflow-json label=${t('Output')} .value=${task.result}></taskflow-json>
          </section>`
    }`
}
