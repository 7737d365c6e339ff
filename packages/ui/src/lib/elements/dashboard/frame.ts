import { html, nothing, type TemplateResult } from 'lit'
import { formatCount } from '../../format/number.ts'
import { visibleText } from '../../format/visible-text.ts'
import { t } from '../../messages/messages.ts'
import { icon, logo } from '../../parts/icons.ts'
import { showPopover } from '../../parts/popover.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import { HOME, type PageName, pageRoute, type Route, runsRoute } from '../../url/route.ts'
import { pageLabel } from './page-labels.ts'

interface Link {
  href: string
  click: (event: MouseEvent) => void
}

/** Mark, title, connection, pause, theme, who is signed in. */
export function dashboardHeader(options: {
  store: DashboardStore
  title: string
  home: Link
  dark: boolean
  live: TemplateResult
  togglePause: () => void
  toggleTheme: () => void
  openPalette: () => void
  signOut: (event: Event) => void
}): TemplateResult {
  const { store, home, dark } = options
  const theme = dark ? t('Light theme') : t('Dark theme')
  return html`<header class="top" part="header" title="">
    <a class="brand" href=${home.href} @click=${home.click}>
      <slot name="logo">${logo()}</slot><span class="truncate">${visibleText(options.title)}</span>
    </a>
    <slot name="header-start"></slot>
    <span class="grow"></span>
    <button
      class="button palette"
      type="button"
      aria-label=${t('Go to, find a run')}
      aria-keyshortcuts="Control+K Meta+K"
      @click=${options.openPalette}
    >
      ${icon('search')}<span class="word">${t('Go to, find a run')}</span><kbd class="kbd" aria-hidden="true">Ctrl K</kbd>
    </button>
    ${options.live}
    ${store.connection.state === 'unauthorised' ? nothing : pauseButton(store, options.togglePause)}
    <button
      class="button plain icon-only"
      type="button"
      aria-label=${theme}
      title="${theme} (t)"
      @click=${options.toggleTheme}
    >
      ${icon(dark ? 'sun' : 'moon')}
    </button>
    ${user(store, options.signOut)}
    <slot name="header-end"></slot>
  </header>`
}

/** The pages, as links with live numbers; a menu of them where the bar is too narrow. */
export function dashboardNav(options: {
  page: PageName | null
  /** Names of those that are offered; null for all. */
  sections: readonly string[] | null
  store: DashboardStore
  link: (route: Route) => Link
}): TemplateResult {
  const { page, sections, store, link } = options
  const all = pagesOf(store)
  const offered = sections?.flatMap((name) => all.filter((entry) => entry.page === name)) ?? all
  const entries = offered.map((entry) => {
    const { href, click } = link(entry.route)
    const current = entry.page === page ? 'page' : nothing
    return { ...entry, href, click, current }
  })
  return html`<nav class="tabs" part="nav" aria-label=${t('Pages')} title="">
    <button
      class="button menu-button"
      type="button"
      aria-haspopup="true"
      aria-label=${t('All pages')}
      @click=${toggleMenu}
    >
      ${icon('menu')}
    </button>
    ${entries.map(
      (
        entry,
      ) => html`<a class="tab" href=${entry.href} aria-current=${entry.current} @click=${entry.click}
        >${pageLabel(entry.page)}${count(entry)}</a
      >`,
    )}
    <slot name="nav-end"></slot>
    <div class="overlay page-menu" popover="auto" role="group" aria-label=${t('All pages')}>
      ${entries.map(
        (entry) => html`<a
          href=${entry.href}
          aria-current=${entry.current}
          @click=${(event: MouseEvent) => {
            const menu = (event.currentTarget as Element).closest<HTMLElement>('[popover]')
            menu?.hidePopover()
            entry.click(event)
          }}
          >${pageLabel(entry.page)}${count(entry)}</a
        >`,
      )}
    </div>
  </nav>`
}

function toggleMenu(event: Event): void {
  const anchor = event.currentTarget as HTMLElement
  const menu = anchor.closest('nav')?.querySelector<HTMLElement>('.page-menu')
  if (!menu?.matches(':popover-open')) {
    if (menu) showPopover(menu, anchor)
    menu?.querySelector<HTMLElement>('[aria-current]')?.focus()
  } else menu.hidePopover()
}

interface Entry {
  page: PageName
  route: Route
  count: number | null
  alarm?: boolean
}

/** What a visitor may see; settings stand in the header. */
function pagesOf(store: DashboardStore): Entry[] {
  const { metrics, functions, session, schedules, overview } = store
  const states = overview?.schedules
  const scheduled = states ? states.pending + states.scheduled + states.paused : null
  const at = (page: Exclude<PageName, 'runs'>, count: number | null = null): Entry => ({
    page,
    route: pageRoute(page),
    count,
  })
  const failed = metrics?.failed ?? null
  return [
    { page: 'overview', route: HOME, count: null },
    { page: 'runs', route: runsRoute(), count: metrics?.total ?? null },
    at('tasks', functions.length || null),
    at('graph'),
    at('schedules', (schedules?.length ?? scheduled) || null),
    { ...at('dead-letters', failed || null), alarm: true },
    at('logs'),
    // Without accounts everybody is anonymous, and who did what says nothing.
    ...(session?.user && store.may('audit') ? [at('audit')] : []),
    at('instances'),
    at('settings'),
  ]
}

function count({ count, alarm }: Entry) {
  if (count === null) return nothing
  return html`<span class="count ${alarm ? 'alarm' : ''}">${formatCount(count)}</span>`
}

function pauseButton(store: DashboardStore, toggle: () => void) {
  const { paused, heldRuns } = store
  return html`<button
    class="button pause"
    type="button"
    data-paused=${paused}
    aria-label=${paused ? t('Resume, {count} new run|Resume, {count} new runs', { count: heldRuns }) : t('Pause live updates')}
    title=${paused ? t('Resume live updates (p)') : t('Pause live updates (p)')}
    @click=${toggle}
  >
    ${icon(paused ? 'play' : 'pause')}<span class="word">${paused ? t('Resume') : t('Pause')}</span>${
      paused && heldRuns > 0 ? html`<span class="held">+${formatCount(heldRuns)}</span>` : nothing
    }
  </button>`
}

function user(store: DashboardStore, signOut: (event: Event) => void) {
  const name = store.session?.user?.name
  if (!name) return nothing
  return html`<span class="avatar" title=${visibleText(name)} aria-label=${t('Signed in as {name}', { name: visibleText(name) })} role="img"
      >${initials(name)}</span
    >
    <form method="post" action="${store.base}/auth/logout" @submit=${signOut}>
      <button class="button plain icon-only" type="submit" aria-label=${t('Sign out')} title=${t('Sign out')}>
        ${icon('signOut')}
      </button>
    </form>`
}

function initials(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean)
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]]
  return (
    letters
      .map((word) => [...(word ?? '')][0] ?? '')
      .join('')
      .toUpperCase() || '?'
  )
}
