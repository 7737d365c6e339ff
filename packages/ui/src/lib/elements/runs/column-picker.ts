import { html, type TemplateResult } from 'lit'
import { t } from '../../messages/messages.ts'
import type { COLUMNS } from './columns.ts'

/** Which columns to show; back to those that fit. */
export function columnPicker(options: {
  /** All that there are. */
  columns: typeof COLUMNS
  shown: readonly string[]
  /** Null: nothing was chosen yet. */
  chosen: readonly string[] | null
  /** Input of runs is sent to this page. */
  payloads: boolean
  choose: (columns: string[] | null) => void
}): TemplateResult {
  const { columns, shown, chosen, payloads, choose } = options
  return html`<p class="overlay-title">${t('Columns')}</p>
    ${columns
      .filter(({ id }) => id !== 'payload' || payloads)
      .map(({ id, label }) => {
        const on = shown.includes(id)
        return html`<label class="choice"
        ><input
          class="check"
          type="checkbox"
          .checked=${on}
          ?disabled=${id === 'task'}
          @change=${() => choose(on ? shown.filter((one) => one !== id) : [...shown, id])}
        />${t(label)}</label
      >`
      })}
    <button
      class="button plain"
      type="button"
      ?disabled=${chosen === null}
      @click=${() => choose(null)}
    >
      ${t('As many as fit')}
    </button>`
}
