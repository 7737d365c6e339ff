import type { TaskJson } from '@taskflow/core/client'
import { html, nothing, type TemplateResult } from 'lit'
import { MISSING } from '../format/duration.ts'
import { type StatusName, sourceLabel, statusLabel } from '../format/phase.ts'
import { t } from '../messages/messages.ts'
import { statusIcon } from './status-icons.ts'

/** Status colours are kept per word: a queued run is shown as pending. */
export function colourOf(name: StatusName): string {
  return name === 'queued' ? 'pending' : name
}

/** Icon and coloured word, as tables show a status. */
export function statusText(name: StatusName): TemplateResult {
  return html`<span class="status" data-status=${colourOf(name)}
    >${statusIcon(name)}<span>${statusLabel(name)}</span></span
  >`
}

/** Filled badge, as headers show a status. */
export function statusBadge(name: StatusName): TemplateResult {
  return html`<span class="badge" part="badge" data-status=${colourOf(name)}
    >${statusIcon(name)}<span>${statusLabel(name)}</span></span
  >`
}

/** What made the run, unless the app's own code did. */
export function sourceBadge(task: TaskJson): TemplateResult | typeof nothing {
  if (task.source === 'adhoc') return html`<span class="chip-text adhoc">${t('Ad hoc')}</span>`
  if (task.source === 'manual') return nothing
  return html`<span class="chip-text">${sourceLabel(task.source)}</span>`
}

/** A value, or a faint dash that screen readers skip. */
export function orMissing(value: unknown): unknown {
  if (value === null || value === undefined || value === '' || value === MISSING) {
    return html`<span class="faint" aria-hidden="true">${MISSING}</span>`
  }
  // Right to left, `96 ms` would be read as `ms 96`.
  return typeof value === 'string' ? html`<bdi>${value}</bdi>` : value
}
