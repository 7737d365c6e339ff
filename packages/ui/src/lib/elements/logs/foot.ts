import { html, nothing, type TemplateResult } from 'lit'
import { t } from '../../messages/messages.ts'
import { LOG_PAGE, type RunLog } from '../../store/run-log.ts'

/** Which lines are in view, the way to other pages, and whether more are coming. */
export function logFoot(
  log: RunLog,
  [first, last]: readonly [number, number],
  toPage: (page: number) => void,
): TemplateResult {
  const page = Math.floor(first / LOG_PAGE) + 1
  return html`<div class="foot">
    <span class="range">
      ${log.total === 0 ? t('No lines') : t('Lines {first} to {last} of {total}', { first: first + 1, last: last + 1, total: log.total })}
    </span>
    ${
      log.pages > 1
        ? html`<label class="jump"
            >${t('Page')}
            <input
              class="field"
              type="number"
              min="1"
              max=${log.pages}
              aria-label=${t('Page of the log')}
              .value=${String(page)}
              @change=${(event: Event) => toPage(Number((event.target as HTMLInputElement).value) - 1)}
            />
            ${t('of {number}', { number: log.pages })}</label
          >`
        : nothing
    }
    ${log.error ? html`<span role="alert">${log.error.detail}</span>` : nothing}
    ${log.live ? html`<span class="streaming"><span class="dot" data-status="running"></span>${t('streaming')}</span>` : nothing}
  </div>`
}
