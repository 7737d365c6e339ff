import { normaliseBase } from '@taskflow/core/client'
import { html, nothing, type PropertyDeclarations, type PropertyValues } from 'lit'
import {
  type TaskflowActionDoneEvent,
  type TaskflowActionErrorEvent,
  TaskflowAuthRequiredEvent,
  TaskflowNavigateEvent,
  type TaskflowPreferencesEvent,
  TaskflowReadyEvent,
  type TaskflowTabEvent,
} from '../events.ts'
import { visibleText } from '../format/visible-text.ts'
import { needElement } from '../lazy.ts'
import { t } from '../messages/messages.ts'
import { emptyState } from '../parts/notices.ts'
import { isPlainClick } from '../parts/plain-click.ts'
import { showPopover } from '../parts/popover.ts'
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
import { connectionBanner, signInCard, versionBanner } from './dashboard/connection-notices.ts'
import { dashboardStyles } from './dashboard/dashboard.styles.ts'
import { dashboardHeader, dashboardNav } from './dashboard/frame.ts'
import { isPageName, OtherPages, pageLabel, unfetchedPage } from './dashboard/other-pages.ts'
import { PAGE_KEYS, type PageKey, routeOf } from './dashboard/page-keys.ts'
import type { TaskflowDialogsElement } from './dialogs/dialogs.ts'
import type { TaskflowRunElement } from './run.ts'
import type { TaskflowRunsElement } from './runs/runs.ts'
import { StoreElement } from './store-element.ts'
import { oppositeTheme, type Theme, writeThemeCookie } from './theme.ts'
import { Ticker } from './ticker.ts'
import type { TaskflowToastsElement } from './toasts.ts'
import { isTyping } from './typing.ts'

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
  #ready = false
  /** What was shown last, to tell when somebody has gone to another page. */
  #place: string | undefined
  /** The first key of two: `g` leads to a page by the next one. */
  #goes = false
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
    this.addEventListener('keydown', this.#keepKeys, { capture: true })
    this.addEventListener('keydown', (event) => this.#onKey(event))
    this.addEventListener('taskflow-preferences', this.#onPreferences)
    this.addEventListener('taskflow-action-done', this.#onDone)
    this.addEventListener('taskflow-action-error', this.#onError)
  }

  override connectedCallback(): void {
    super.connectedCallback()
    document.addEventListener('keydown', this.#onDocumentKey)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    document.removeEventListener('keydown', this.#onDocumentKey)
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
    this.#arrive(store)
  }

  /** Somebody came to another page: the window's title says so, and reading goes on there. */
  #arrive(store: DashboardStore): void {
    const route = this.#route
    const place = route ? `${route.page} ${route.full ? route.runId : (route.item ?? '')}` : ''
    if (this.urlSync === 'path') document.title = titleOf(route, this.#headerTitle(store))
    if (this.#place !== undefined && this.#place !== place) {
      const main = this.renderRoot.querySelector('main')
      main?.querySelector('.page')?.scrollTo(0, 0)
      main?.focus({ preventScroll: true })
    }
    if (this.#place !== place) {
      const tab = this.renderRoot.querySelector('nav .tab[aria-current]')
      tab?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    }
    this.#place = place
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
        home: { href: this.#router.href(HOME), click: this.#goTo(HOME) },
        dark: oppositeTheme(this.theme) === 'light',
        live: html`<taskflow-live .base=${this.base} .credentials=${this.credentials}></taskflow-live>`,
        togglePause: () => store.setPaused(!store.paused),
        toggleTheme: this.#toggleTheme,
        openPalette: this.#openPalette,
        signOut: this.#signOut,
      })}
      <div class="columns">
      ${dashboardNav({
        page: this.#route?.page ?? null,
        sections: this.#sections,
        store,
        narrow: this.#menu,
        link: (route) => ({ href: this.#router.href(route), click: this.#goTo(route) }),
      })}
      ${connectionBanner(store)} ${this.#versionBanner(store)}
      <main part="main" id="panel" title="" tabindex="-1" aria-label=${labelOf(this.#route)} @taskflow-navigate=${this.#onNavigate}>
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

  #versionBanner(store: DashboardStore) {
    const mix = store.versionMix
    if (!mix || mix.server === this.closedVersion) return nothing
    return versionBanner(mix, () => {
      this.closedVersion = mix.server
    })
  }

  /** Null: all pages. */
  get #sections(): readonly string[] | null {
    return this.sections.match(/[^\s,]+/g)
  }

  /** The pages that are offered, with the keys that lead to them. */
  pageKeys(): PageKey[] {
    return Object.entries(PAGE_KEYS)
      .filter(([, page]) => this.#offers(page))
      .map(([key, page]) => ({ keys: `g ${key}`, label: pageLabel(page), route: routeOf(page) }))
  }

  #offers = (page: PageName) => this.#sections?.includes(page) ?? true

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
    if (route && route.page !== 'overview' && route.page !== 'runs') {
      const { base, credentials, readonly } = this
      const linkFor = this.#linkFor
      return this.#pages.render(route, { base, credentials, readonly, linkFor })
    }
    if (route) this.#need(route.page === 'overview' ? 'overview' : route.full ? 'run' : 'runs')
    if (route && this.unfetched) {
      return unfetchedPage(() => {
        this.unfetched = false
      })
    }
    if (!route) {
      return html`<h1 class="visually-hidden">${t('Page not found')}</h1>
      ${emptyState({
        icon: 'search',
        title: t('There is no such page'),
        text: t('The address may have been cut off, or the page may have another name by now.'),
        more: html`<a class="button" href=${this.#router.href(HOME)} @click=${this.#goTo(HOME)}>
          ${t('Go to the overview')}
        </a>`,
      })}`
    }
    if (route.page === 'overview') {
      return html`<taskflow-overview
        .base=${this.base}
        .credentials=${this.credentials}
        .linkFor=${this.#linkFor}
        exportparts="card, label, value, delta, sparkline"
        ><slot name="overview-end" slot="overview-end"></slot
      ></taskflow-overview>`
    }
    if (route.runId && route.full) return this.#runPage(route, route.runId)
    return html`<h1 class="visually-hidden">${t('Runs')}</h1>
      <taskflow-runs
      .base=${this.base}
      .credentials=${this.credentials}
      .linkFor=${this.#linkFor}
      .filter=${route.filter}
      .sort=${route.sort}
      .runId=${route.runId}
      .tab=${route.tab}
      .at=${route.at ?? 1}
      .readonly=${this.readonly}
      exportparts="toolbar, query, chip, table, row, cell, pager, drawer"
      >${this.querySelector(':scope > [slot="empty"]') ? html`<slot name="empty" slot="empty"></slot>` : nothing}<slot
        name="run-detail-end"
        slot="run-detail-end"
      ></slot
    ></taskflow-runs>`
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

  /** One run alone. What it links to is beside no list either. */
  #runPage(route: Route, runId: string) {
    const back = { ...route, runId: null, tab: '', full: false }
    return html`<h1 class="visually-hidden">${t('Run')}</h1><taskflow-run
      mode="page"
      .base=${this.base}
      .credentials=${this.credentials}
      .linkFor=${this.#linkFor}
      .runId=${runId}
      .tab=${route.tab || 'overview'}
      .readonly=${this.readonly}
      .back=${back}
      @taskflow-tab=${(event: TaskflowTabEvent) => {
        event.stopPropagation()
        const { tab } = event.detail
        this.#request({ ...route, tab: tab === 'overview' ? '' : tab })
      }}
      @taskflow-close=${(event: Event) => {
        event.stopPropagation()
        this.#request(back)
      }}
      ><slot name="run-detail-end" slot="tab-end"></slot
    ></taskflow-run>`
  }

  #linkFor = (route: Route) => this.#router.href(route)

  #goTo(route: Route): (event: MouseEvent) => void {
    return (event) => {
      if (!isPlainClick(event)) return
      event.preventDefault()
      this.#request(route)
    }
  }

  /** Children ask to go somewhere: asked again in the name of the dashboard, then gone. */
  #onNavigate = (event: TaskflowNavigateEvent) => {
    event.stopPropagation()
    event.handled = true
    if (!this.#request(event.detail.route)) event.preventDefault()
  }

  #request(route: Route): boolean {
    const allowed = this.dispatchEvent(new TaskflowNavigateEvent(route))
    if (allowed) this.#router.go(route)
    return allowed
  }

  #onPreferences = ({ detail: { theme, density, language } }: TaskflowPreferencesEvent) => {
    if (language !== undefined) this.locale = language || this.getAttribute('locale')
    if (theme) {
      this.theme = theme
      if (this.urlSync === 'path') writeThemeCookie(theme, this.#basePath())
    }
    if (density) this.density = density
  }

  #toggleTheme = () => {
    const theme = oppositeTheme(this.theme)
    this.theme = theme
    writePreferences(this.storeBase, { theme })
    if (this.urlSync === 'path') writeThemeCookie(theme, this.#basePath())
  }

  #onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.altKey || this.shortcuts === 'off') return
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() !== 'k') return
      event.preventDefault()
      this.#openPalette()
      return
    }
    if (isTyping(event)) return
    if (this.#goes) this.#goByKey(event)
    else if (event.key === 'g') this.#goes = true
    else if (event.key === 'p') this.store?.setPaused(!this.store.paused)
    else if (event.key === 't') this.#toggleTheme()
    else {
      this.renderRoot
        .querySelector<TaskflowRunsElement | TaskflowRunElement>('taskflow-runs, taskflow-run')
        ?.handleKey(event)
      if (!event.defaultPrevented) this.#onPageKey(event)
    }
  }

  /** Keys of every page that has no list of runs. */
  #onPageKey(event: KeyboardEvent): void {
    const page = this.renderRoot.querySelector('.page > *')
    const search = page?.shadowRoot?.querySelector<HTMLElement>('[data-search]')
    if (event.key === '?') void this.#dialogs((dialogs) => dialogs.shortcuts())
    else if (event.key === '/' && search) search.focus()
    else return
    event.preventDefault()
  }

  /** The form would be refused by a host that asks for a CSRF token. */
  #signOut = (event: Event) => {
    const { store } = this
    if (!store || !this.connection.changeHeaders) return
    event.preventDefault()
    const form = event.target as HTMLFormElement
    import('../pages/extras.ts').then(
      ({ signOut }) => signOut(form, store.transport),
      () => form.submit(),
    )
  }

  #openPalette = () => {
    const { store } = this
    if (!store) return
    void this.#dialogs(async (dialogs) => {
      const { paletteInput } = await import('../pages/extras.ts')
      this.speak()
      await dialogs.palette(
        paletteInput({
          store,
          pages: this.pageKeys(),
          offers: this.#offers,
          go: (route) => this.#request(route),
          togglePause: () => store.setPaused(!store.paused),
          toggleTheme: this.#toggleTheme,
          help: () => void dialogs.shortcuts(),
        }),
      )
    })
  }

  async #dialogs(use: (dialogs: TaskflowDialogsElement) => Promise<void>): Promise<void> {
    try {
      await needElement('taskflow-dialogs')
    } catch {
      // Without its code there is no palette; links lead everywhere, too.
      return
    }
    const dialogs = this.renderRoot.querySelector<TaskflowDialogsElement>('taskflow-dialogs')
    this.speak()
    if (dialogs) await use(dialogs)
  }

  #goByKey(event: KeyboardEvent): void {
    this.#goes = false
    const page = PAGE_KEYS[event.key]
    if (page && this.#offers(page)) this.#request(routeOf(page))
  }

  #menu = (event: Event) => {
    const anchor = event.currentTarget as HTMLElement
    const menu = this.renderRoot.querySelector<HTMLElement>('.page-menu')
    if (!menu?.matches(':popover-open')) {
      if (menu) showPopover(menu, anchor)
      menu?.querySelector<HTMLElement>('[aria-current]')?.focus()
    } else menu.hidePopover()
  }

  /** The stand-alone page belongs to the dashboard: its keys act without focus inside, too. */
  #onDocumentKey = (event: KeyboardEvent) => {
    const when = this.shortcuts || (this.urlSync === 'path' ? 'global' : 'focus')
    if (when === 'global' && event.target === document.body) this.#onKey(event)
  }

  /** Without shortcuts, letters mean something only where one types. */
  #keepKeys = (event: KeyboardEvent) => {
    if (this.shortcuts !== 'off' || event.key.length > 1 || event.key === ' ') return
    if (!isTyping(event)) event.stopPropagation()
  }

  #onDone = (event: TaskflowActionDoneEvent) => {
    const { title, text, route } = event.detail.summary
    this.#toast({
      kind: 'success',
      title,
      ...(text && { text }),
      ...(route && {
        link: { label: t('Show'), href: this.#router.href(route), click: this.#goTo(route) },
      }),
    })
  }

  #onError = (event: TaskflowActionErrorEvent) => {
    const { title, text = '' } = event.detail.summary
    this.#toast({ kind: 'failed', title, text })
  }

  #toast(toast: Parameters<TaskflowToastsElement['show']>[0]): void {
    const toasts = this.renderRoot.querySelector<TaskflowToastsElement>('taskflow-toasts')
    // Without its code there is no telling: the page shows the new state, though.
    needElement('taskflow-toasts').then(
      () => toasts?.show(toast),
      () => {},
    )
  }

  #basePath(): string {
    return normaliseBase(new URL(this.storeBase || '/', location.href).pathname)
  }
}

function labelOf(route: Route | null): string {
  return route ? pageLabel(route.page) : t('No such page')
}

function titleOf(route: Route | null, title: string): string {
  const parts = [route?.item ?? '', labelOf(route), title]
  return parts.filter(Boolean).map(visibleText).join(' · ')
}
