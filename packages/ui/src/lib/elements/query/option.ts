import { html, type TemplateResult } from 'lit'
import { visibleText } from '../../format/visible-text.ts'
import type { Suggestion } from './suggestions.ts'

/** One suggestion below the field, with the part that was typed in bold. */
export function option(
  { label, match, note }: Suggestion,
  index: number,
  selected: boolean,
  pick: () => void,
): TemplateResult {
  const at = match ? label.toLowerCase().indexOf(match.toLowerCase()) : -1
  const end = at + match.length
  const shown =
    at < 0
      ? visibleText(label)
      : html`${visibleText(label.slice(0, at))}<b>${visibleText(label.slice(at, end))}</b>${visibleText(label.slice(end))}`
  return html`<div
    class="option"
    title=${visibleText(label)}
    part="option"
    role="option"
    id="option-${index}"
    aria-selected=${selected}
    @pointerdown=${(event: Event) => {
      // Focus stays in the field.
      event.preventDefault()
      pick()
    }}
  >
    <span class="mono">${shown}</span><span class="note">${note}</span>
  </div>`
}
