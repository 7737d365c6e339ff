import { css, html, nothing } from 'lit'
import { TaskflowPreferencesEvent } from '../../events.ts'
import { plural } from '../../format/number.ts'
import { visibleText } from '../../format/visible-text.ts'
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
      <div class="head"><h1>Settings</h1></div>
      <div class="columns">${this.#own(store)} ${this.#server(store)}</div>
    `
  }

  #own(store: DashboardStore) {
    const { theme, density, limit = 30 } = readPreferences(store.base)
    return html`<section class="card">
      <header>
        <h2>This device</h2>
        <span class="muted">remembered in this browser</span>
      </header>
      <div class="choices">
        <div>Theme</div>
        <div>
          ${segments({
            label: 'Theme',
            value: theme ?? 'auto',
            items: [
              { value: 'auto', label: 'As the system' },
              { value: 'light', label: 'Light' },
              { value: 'dark', label: 'Dark' },
            ],
            select: (value) => this.#choose({ theme: value as 'auto' | 'light' | 'dark' }),
          })}
        </div>
        <div>Density</div>
        <div>
          ${segments({
            label: 'Density',
            value: density ?? 'comfortable',
            items: [
              { value: 'comfortable', label: 'Comfortable' },
              { value: 'compact', label: 'Compact' },
            ],
            select: (value) => this.#choose({ density: value as 'comfortable' | 'compact' }),
          })}
        </div>
        <div>Rows per page</div>
        <div>
          ${choice({
            label: 'Rows per page',
            value: String(limit),
            items: LIMITS.map((count) => ({ value: String(count), label: String(count) })),
            select: (value) => this.#choose({ limit: Number(value) }),
          })}
        </div>
        <div>Live updates</div>
        <div>
          <button class="button" type="button" @click=${() => store.setPaused(!store.paused)}>
            ${store.paused ? 'Resume' : 'Pause'}
          </button>
          <p>${store.paused ? 'Paused, also after a reload.' : 'Changes show at once.'}</p>
        </div>
        <div>Everything above</div>
        <div>
          <button class="button" type="button" @click=${() => this.#forget(store)}>Forget all choices</button>
          <p>Order and columns of the list, filters and the width of the pane as well.</p>
        </div>
      </div>
    </section>`
  }

  #server({ overview, session }: DashboardStore) {
    const config = overview?.config
    const days = Math.round((config?.retention_seconds ?? 0) / 86_400)
    return html`<section class="card">
      <header>
        <h2>Server</h2>
        <span class="muted">set where the handler is made</span>
      </header>
      ${
        overview && config
          ? facts([
              ['Title', visibleText(config.title)],
              config.description ? ['Description', visibleText(config.description)] : null,
              [
                'Inputs and results',
                config.expose_payloads ? 'shown' : 'not shown: exposePayloads is off',
              ],
              ['Actions', config.read_only ? 'none: the dashboard is read-only' : 'by right'],
              [
                'History',
                days > 0 ? `removed ${plural(days, 'day')} after a run ended` : 'kept for good',
              ],
              [
                'Without a stream',
                `read again every ${plural(config.poll_interval_seconds, 'second')}`,
              ],
              ['Time zone', overview.time_zone],
              ['Version', overview.version],
              [
                'Signed in',
                session?.user ? visibleText(session.user.name) : 'nobody: no sign-in is needed',
              ],
              ['Your rights', session?.rights.join(', ') || 'none'],
            ])
          : html`<p class="nothing">The server has not told yet.</p>`
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
    this.dispatchEvent(new TaskflowPreferencesEvent({ theme: 'auto', density: 'comfortable' }))
    this.requestUpdate()
  }
}
