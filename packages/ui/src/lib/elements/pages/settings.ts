import { css, html, nothing } from 'lit'
import { TaskflowPreferencesEvent } from '../../events.ts'
import { formatDuration } from '../../format/duration.ts'
import { visibleText } from '../../format/visible-text.ts'
import { knownLanguages } from '../../messages/language.ts'
import { t } from '../../messages/messages.ts'
import { choice, facts, segments } from '../../parts/controls.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import { type Preferences, readPreferences, writePreferences } from '../../store/preferences.ts'
import { PageElement } from './page-element.ts'

/** Rows per page that people can choose. */
const LIMITS = [30, 50, 100, 200]

/**
 * What is remembered on this device, and what the server is configured with.
 *
 * @fires taskflow-preferences - something was chosen; the dashboard takes it over
 */
export class TaskflowSettingsElement extends PageElement {
  static override styles = [
    ...PageElement.styles,
    css`
      .choices {
        display: grid;
        grid-template-columns: minmax(160px, max-content) minmax(0, 1fr);
        gap: 12px 24px;
        align-items: center;
        padding: 12px;
      }
      .choices p {
        margin: 2px 0 0;
        color: var(--_muted);
        font-size: 12px;
        line-height: 16px;
      }
      @container (max-width: 559px) {
        .choices {
          grid-template-columns: minmax(0, 1fr);
          gap: 4px;
        }
        .choices > div:nth-child(even) {
          margin-block-end: 12px;
        }
      }
    `,
  ]
  protected readonly page = 'settings'

  protected override render() {
    const { store } = this
    if (!store) return nothing
    return html`
      <div class="head"><h1>${t('Settings')}</h1></div>
      <div class="columns">${this.#own(store)} ${this.#server(store)}</div>
    `
  }

  #own(store: DashboardStore) {
    const { theme, density, language, limit = 30 } = readPreferences(store.base)
    return html`<section class="card">
      <header>
        <h2>${t('This device')}</h2>
        <span class="muted">${t('remembered in this browser')}</span>
      </header>
      <div class="choices">
        <div>${t('Theme')}</div>
        <div>
          ${segments({
            label: t('Theme'),
            value: theme ?? 'auto',
            items: [
              { value: 'auto', label: t('As the system') },
              { value: 'light', label: t('Light') },
              { value: 'dark', label: t('Dark') },
            ],
            select: (value) => this.#choose({ theme: value as 'auto' | 'light' | 'dark' }),
          })}
        </div>
        <div>${t('Language')}</div>
        <div>
          ${choice({
            label: t('Language'),
            value: language ?? '',
            items: [
              { value: '', label: t('As the page') },
              ...knownLanguages().map((tag) => ({ value: tag, label: languageName(tag) })),
            ],
            select: (value) => this.#choose({ language: value }),
          })}
        </div>
        <div>${t('Density')}</div>
        <div>
          ${segments({
            label: t('Density'),
            value: density ?? 'comfortable',
            items: [
              { value: 'comfortable', label: t('Comfortable') },
              { value: 'compact', label: t('Compact') },
            ],
            select: (value) => this.#choose({ density: value as 'comfortable' | 'compact' }),
          })}
        </div>
        <div>${t('Rows per page')}</div>
        <div>
          ${choice({
            label: t('Rows per page'),
            value: String(limit),
            items: LIMITS.map((count) => ({ value: String(count), label: String(count) })),
            select: (value) => this.#choose({ limit: Number(value) }),
          })}
        </div>
        <div>${t('Live updates')}</div>
        <div>
          <button class="button" type="button" @click=${() => store.setPaused(!store.paused)}>
            ${store.paused ? t('Resume') : t('Pause')}
          </button>
          <p>${store.paused ? t('Paused, also after a reload.') : t('Changes show at once.')}</p>
        </div>
        <div>${t('Everything above')}</div>
        <div>
          <button class="button" type="button" @click=${() => this.#forget(store)}>${t('Forget all choices')}</button>
          <p>${t('Order and columns of the list, filters and the width of the pane as well.')}</p>
        </div>
      </div>
    </section>`
  }

  #server({ overview, session }: DashboardStore) {
    const config = overview?.config
    const days = Math.round((config?.retention_seconds ?? 0) / 86_400)
    return html`<section class="card">
      <header>
        <h2>${t('Server')}</h2>
        <span class="muted">${t('set where the handler is made')}</span>
      </header>
      ${
        overview && config
          ? facts([
              [t('Title'), visibleText(config.title)],
              config.description ? [t('Description'), visibleText(config.description)] : null,
              [
                t('Inputs and results'),
                config.expose_payloads ? t('shown') : t('not shown: exposePayloads is off'),
              ],
              [
                t('Actions'),
                config.read_only ? t('none: the dashboard is read-only') : t('by right'),
              ],
              [
                t('History'),
                days > 0
                  ? t(
                      'removed {count} day after a run ended|removed {count} days after a run ended',
                      { count: days },
                    )
                  : t('kept for good'),
              ],
              [
                t('Without a stream'),
                t('read again every {time}', {
                  time: formatDuration(config.poll_interval_seconds),
                }),
              ],
              [t('Time zone'), overview.time_zone],
              [t('Version'), overview.version],
              [
                t('Signed in'),
                session?.user ? visibleText(session.user.name) : t('nobody: no sign-in is needed'),
              ],
              [t('Your rights'), session?.rights.join(', ') || t('none')],
            ])
          : html`<p class="nothing">${t('The server has not told yet.')}</p>`
      }
    </section>`
  }

  #choose(change: Preferences): void {
    if (!this.store) return
    writePreferences(this.store.base, change)
    this.dispatchEvent(new TaskflowPreferencesEvent(change))
    this.requestUpdate()
  }

  #forget(store: DashboardStore): void {
    writePreferences(store.base, null)
    this.dispatchEvent(
      new TaskflowPreferencesEvent({ theme: 'auto', density: 'comfortable', language: '' }),
    )
    this.requestUpdate()
  }
}

/** A language by its own name. */
function languageName(tag: string): string {
  return new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag
}
