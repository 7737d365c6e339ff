import { normaliseBase } from '@taskflow/core/client'
import { html, nothing, type PropertyDeclarations, type PropertyValues } from 'lit'
import {
  TaskflowAuthRequiredEvent,
  TaskflowNavigateEvent,
  type TaskflowPreferencesEvent,
  TaskflowReadyEvent,
} from '../events.ts'
import { needElement } from '../lazy.ts'
import { isPlainClick } from '../parts/plain-click.ts'
import type { DashboardStore } from '../store/dashboard-store.ts'
import { readPreferences, writePreferences } from '../store/preferences.ts'
import { controls } from '../styles/controls.ts'
import { notices } from '../styles/notices.ts'
import { overlayStyles } from '../styles/overlay.ts'
import { statusStyles } from '../styles/status-css.ts'
import { tabStyles } from '../styles/tabs.ts'
import { hostReset, tokens } from '../styles/tokens.ts'
import { HOME, type PageName, type Route } from '../url/route.ts'
import { RouteController } from '../url/route-controller.ts'
import type { UrlSyncMode } from '../url/url-sync.ts'
import { announceActions } from './dashboard/action-toasts.ts'
import { Arrival } from './dashboard/arrival.ts'
import { connectionBanner, signInCard, versionBanner } from './dashboard/connection-notices.ts'
import { dashboardStyles } from './dashboard/dashboard.styles.ts'
import { DashboardDialogs } from './dashboard/dashboard-dialogs.ts'
import { dashboardHeader, signOutBy } from './dashboard/frame.ts'
import { DashboardKeys } from './dashboard/keys.ts'
import { missingPage, overviewPage, runPage, runsPage } from './dashboard/main-pages.ts'
import { dashboardNav, NavGroups } from './dashboard/nav.ts'
import { OtherPages, unfetchedPage } from './dashboard/other-pages.ts'
import { mayShow, type PageKey, pageKeysOf, routeOf } from './dashboard/page-keys.ts'
import { isPageName, placeLabel, windowTitle } from './dashboard/page-labels.ts'
import { StoreElement } from './store-element.ts'
import { oppositeTheme, type Theme, writeThemeCookie } from './theme.ts'
import { Ticker } from './ticker.ts'

/*
 * `title` is also HTML's tooltip: the empty titles in the shadow root keep it from showing all over.
 */

/**
 * The whole dashboard: overview, runs and the detail of a run, live.
 *
 * @fires taskflow-ready - the first numbers are there
 * @fires taskflow-navigate - somebody goes to another place; cancelable
 * @fires taskflow-connection - the connection changed its state
 * @fires taskflow-auth-required - the session ended; cancelable: hides the sign-in card
 * @fires taskflow-action - somebody retries or cancels; cancelable
 * @fires taskflow-action-done - it went through
 * @fires taskflow-action-error - it was refused
 * @slot logo - instead of the mark
 * @slot header-start - after the title
 * @slot header-end - at the end of the header
 * @slot nav-end - at the end of the tab bar
 * @slot overview-end - below the overview
 * @slot run-detail-end - below what a tab of a run shows
 * @slot empty - instead of what is said when nothing has run yet
 * @slot footer - below everything
 * @csspart header - title and connection
 * @csspart nav - the tab bar
 * @csspart main - the page
 * @csspart card - a box of a page
 * @csspart table - a table of a page
 * @csspart row - a row of one
 * @csspart toolbar - filters above a list
 * @csspart drawer - the detail of a run beside the list
 * @csspart toast - one message about an action
 */
export class TaskflowDashboardElement extends StoreElement {
  static override styles = [
    tokens,
    hostReset,
    controls,
    statusStyles,
    tabStyles,
    notices,
    overlayStyles,
    dashboardStyles,
  ]
  static override properties: PropertyDeclarations = {
    title: { type: String },
    theme: { type: String, reflect: true },
    density: { type: String, reflect: true },
    urlSync: { type: String, attribute: 'url-sync' },
    readonly: { type: Boolean },
    layout: { type: String, reflect: true },
    sections: { type: String },
    shortcuts: { type: String },
    signInHidden: { state: true },
    unfetched: { state: true },
    closedVersion: { state: true },
  }

  /** Shown in the header. [what the server is configured with] */
  declare title: string
  /** [`auto`] */
  declare theme: Theme
  /** [`comfortable`] */
  declare density: 'comfortable' | 'compact'
  /** Where the current place is kept. [`hash`] */
  declare urlSync: UrlSyncMode
  /** Leaves all actions out. */
  declare readonly: boolean
  /** `tabs`, or `sidebar`: the pages stand at the side where there is room for it. [`tabs`] */
  declare layout: 'tabs' | 'sidebar'
  /** Names of the pages that are offered, in order, such as `overview runs schedules`. [all] */
  declare sections: string
  /**
   * When keys act: `focus`, while the focus is inside; `global`, also while it is nowhere; `off`,
   * never. [`focus`; `global` with `url-sync="path"`]
   */
  declare shortcuts: 'focus' | 'global' | 'off' | ''
  declare signInHidden: boolean
  /** The code of the page could not be fetched. */
  declare unfetched: boolean
  /** The version of the server about which somebody was told. */
  declare closedVersion: string

  readonly #router = new RouteController(this)
  readonly #pages = new OtherPages(() => this.requestUpdate())
  readonly #arrival = new Arrival()
  readonly #groups = new NavGroups(this)
  readonly #dialogs: DashboardDialogs
  #ready = false
  #wasSignedOut = false

  constructor() {
    super()
    this.title = ''
    this.theme = 'auto'
    this.density = 'comfortable'
    this.urlSync = 'hash'
    this.readonly = false
    this.layout = 'tabs'
    this.sections = ''
    this.shortcuts = ''
    this.signInHidden = false
    this.unfetched = false
    this.closedVersion = ''
    new Ticker(this)
    this.addEventListener('taskflow-preferences', this.#onPreferences)
    announceActions(this, this.#link)
    const toggles = { togglePause: this.#togglePause, toggleTheme: this.#toggleTheme }
    this.#dialogs = new DashboardDialogs(this, {
      store: () => this.store,
      pages: () => this.pageKeys(),
      offers: this.#offers,
      go: this.#request,
      ...toggles,
    })
    new DashboardKeys(this, {
      when: () => this.shortcuts || (this.urlSync === 'path' ? 'global' : 'focus'),
      goTo: (page) => {
        if (this.#offers(page)) this.#request(routeOf(page))
      },
      openPalette: this.#dialogs.openPalette,
      ...toggles,
      help: this.#dialogs.help,
    })
  }

  protected override storeConnected(store: DashboardStore): () => void {
    const { theme, density, language } = readPreferences(store.base)
    if (language && (this.locale === '' || this.locale === 'auto')) this.locale = language
    if (theme && this.theme === 'auto') this.theme = theme
    if (density && !this.hasAttribute('density')) this.density = density
    return super.storeConnected(store)
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    this.#router.configure(this.urlSync, `${this.#basePath()}/dashboard`)
  }

  protected override updated(): void {
    const { store } = this
    if (!store) return
    if (!this.#ready && store.metrics) {
      this.#ready = true
      this.dispatchEvent(new TaskflowReadyEvent())
    }
    const signedOut = store.connection.state === 'unauthorised'
    if (signedOut && !this.#wasSignedOut) {
      this.signInHidden = !this.dispatchEvent(new TaskflowAuthRequiredEvent(this.loginUrl()))
    }
    this.#wasSignedOut = signedOut
    const route = this.#route
    if (this.urlSync === 'path') document.title = windowTitle(route, this.#headerTitle(store))
    this.#arrival.shown(route, this.renderRoot)
  }

  #headerTitle(store: DashboardStore): string {
    return this.title || store.overview?.config.header_title || 'Taskflow'
  }

  protected override render() {
    const { store } = this
    if (!store) return nothing
    const signedOut = store.connection.state === 'unauthorised' && !this.signInHidden
    const stale = ['offline', 'error'].includes(store.connectionState)
    return html`
      ${dashboardHeader({
        store,
        title: this.#headerTitle(store),
        home: this.#link(HOME),
        dark: oppositeTheme(this.theme) === 'light',
        live: html`<taskflow-live .base=${this.base} .credentials=${this.credentials}></taskflow-live>`,
        togglePause: this.#togglePause,
        toggleTheme: this.#toggleTheme,
        openPalette: this.#dialogs.openPalette,
        signOut: this.#signOut,
      })}
      <div class="columns">
      ${dashboardNav({
        page: this.#route?.page ?? null,
        sections: this.#sections,
        store,
        groups: this.#groups,
        link: this.#link,
      })}
      ${connectionBanner(store)} ${versionBanner(store.versionMix, this.closedVersion, this.#closeVersion)}
      <main part="main" id="panel" title="" tabindex="-1" aria-label=${placeLabel(this.#route)} @taskflow-navigate=${this.#onNavigate}>
        <div class="page ${signedOut ? 'dimmed' : stale ? 'stale' : ''}" ?inert=${signedOut}>
          ${this.#page()}
        </div>
        ${signedOut ? signInCard(store, this.loginUrl()) : nothing}
      </main>
      </div>
      <taskflow-dialogs></taskflow-dialogs>
      <taskflow-toasts exportparts="toast"></taskflow-toasts>
      <slot name="footer"></slot>
    `
  }

  /** Null: all pages. */
  get #sections(): readonly string[] | null {
    return this.sections.match(/[^\s,]+/g)
  }

  /** The pages that are offered, with the keys that lead to them. */
  pageKeys(): PageKey[] {
    return pageKeysOf(this.#offers)
  }

  #offers = (page: PageName) =>
    (this.#sections?.includes(page) ?? true) && mayShow(page, this.store)

  /** Where somebody is; null where there is no such page, or it is not offered. */
  get #route(): Route | null {
    const { route } = this.#router
    const sections = this.#sections
    if (!route || !sections || sections.includes(route.page)) return route
    const [first] = sections.filter(isPageName)
    return route.page === 'overview' && first ? routeOf(first) : null
  }

  #page() {
    const route = this.#route
    if (!route) return missingPage(this.#link(HOME))
    const { base, credentials, readonly } = this
    const context = { base, credentials, readonly, linkFor: this.#linkFor }
    if (route.page !== 'overview' && route.page !== 'runs') {
      return this.#pages.render(route, context)
    }
    this.#need(route.page === 'overview' ? 'overview' : route.full ? 'run' : 'runs')
    if (this.unfetched) {
      return unfetchedPage(() => {
        this.unfetched = false
      })
    }
    if (route.page === 'overview') return overviewPage(context)
    const { runId } = route
    if (runId && route.full) return runPage({ ...route, runId }, context, this.#request)
    return runsPage(route, context, this.querySelector(':scope > [slot="empty"]') !== null)
  }

  /** Fetches the code of a page, when it is not there yet. */
  #need(page: 'overview' | 'runs' | 'run'): void {
    needElement(`taskflow-${page}`).then(
      () => {
        this.unfetched = false
      },
      () => {
        this.unfetched = true
      },
    )
  }

  #linkFor = (route: Route) => this.#router.href(route)

  #link = (route: Route) => ({
    href: this.#router.href(route),
    click: (event: MouseEvent) => {
      if (!isPlainClick(event)) return
      event.preventDefault()
      this.#request(route)
    },
  })

  /** Children ask to go somewhere: asked again in the name of the dashboard, then gone. */
  #onNavigate = (event: TaskflowNavigateEvent) => {
    event.stopPropagation()
    event.handled = true
    if (!this.#request(event.detail.route)) event.preventDefault()
  }

  #request = (route: Route): boolean => {
    const allowed = this.dispatchEvent(new TaskflowNavigateEvent(route))
    if (allowed) this.#router.go(route)
    return allowed
  }

  #onPreferences = ({ detail: { theme, density, language } }: TaskflowPreferencesEvent) => {
    if (language !== undefined) this.locale = language || this.getAttribute('locale')
    if (theme) this.#setTheme(theme)
    if (density) this.density = density
  }

  #toggleTheme = () => {
    const theme = oppositeTheme(this.theme)
    this.#setTheme(theme)
    writePreferences(this.storeBase, { theme })
  }

  #setTheme(theme: Theme): void {
    this.theme = theme
    if (this.urlSync === 'path') writeThemeCookie(theme, this.#basePath())
  }

  #closeVersion = (version: string) => {
    this.closedVersion = version
  }

  #togglePause = () => this.store?.setPaused(!this.store.paused)

  /** The form would be refused by a host that asks for a CSRF token. */
  #signOut = (event: Event) => {
    const { store } = this
    if (!store || !this.connection.changeHeaders) return
    event.preventDefault()
    void signOutBy(event.target as HTMLFormElement, store.transport)
  }

  #basePath(): string {
    return normaliseBase(new URL(this.storeBase || '/', location.href).pathname)
  }
}
