import { html, type TemplateResult } from 'lit'
import { t } from '../../messages/messages.ts'
import { icon } from '../../parts/icons.ts'
import type { RunLog } from '../../store/run-log.ts'

/** Instead of the whole log: it could not be read, and there is nothing from before. */
export function unreadable(log: RunLog, detail: string): TemplateResult {
  return html`<p class="hint" role="alert">
    ${detail}
    <button class="link" type="button" @click=${() => void log.reload()}>${t('Try again')}</button>
  </p>`
}

/** Instead of lines: they are being read, or the view leaves all of them out. */
export function noLines({ state }: RunLog): TemplateResult {
  return html`<p class="hint">${state === 'loading' ? t('Reading the log…') : t('No line matches.')}</p>`
}

/** The way back to the end of a log that goes on, with how much came meanwhile. */
export function toEnd(unread: number, click: () => void): TemplateResult {
  return html`<button class="pill" type="button" @click=${click}>
    ${icon('arrowDown', 'small')}
    ${unread > 0 ? t('{count} new line|{count} new lines', { count: unread }) : t('To the end')}
  </button>`
}
