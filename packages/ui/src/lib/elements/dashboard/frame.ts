import type { MetricsJson } from '@taskflow/core/client'
import { html, nothing, type TemplateResult } from 'lit'
import { formatCount } from '../../format/number.ts'
import { visibleText } from '../../format/visible-text.ts'
import { icon, logo } from '../../parts/icons.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import { HOME, type PageName, type Route, runsRoute } from '../../url/route.ts'

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
}): TemplateResult {
  const { store, home, dark } = options
  const theme = dark ? 'Light theme' : 'Dark theme'
  return html`<header class="top" part="header" title="">
    <a class="brand" href=${home.href} @click=${home.click}>
      <slot name="logo">${logo()}</slot><span class="truncate">${visibleText(options.title)}</span>
    </a>
    <slot name="header-start"></slot>
    <span class="grow"></span>
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
    ${user(store)}
    <slot name="header-end"></slot>
  </header>`
}

/** The pages, as links with live numbers. */
export function dashboardNav(options: {
  page: PageName | null
  metrics: MetricsJson | null
  link: (route: Route) => Link
}): TemplateResult {
  const { page, metrics, link } = options
  const items: { page: PageName; label: string; route: Route; count: string }[] = [
    { page: 'overview', label: 'Overview', route: HOME, count: '' },
    {
      page: 'runs',
      label: 'Runs',
      route: runsRoute(),
      count: metrics ? formatCount(metrics.total) : '',
    },
  ]
  return html`<nav class="tabs" part="nav" aria-label="Pages" title="">
    ${items.map((item) => {
      const { href, click } = link(item.route)
      return html`<a
        class="tab"
        href=${href}
        aria-current=${item.page === page ? 'page' : nothing}
        @click=${click}
        >${item.label}${item.count ? html`<span class="count">${item.count}</span>` : nothing}</a
      >`
    })}
    <slot name="nav-end"></slot>
  </nav>`
}

function pauseButton(store: DashboardStore, toggle: () => void) {
  const { paused, heldRuns } = store
  return html`<button
    class="button pause"
    type="button"
    data-paused=${paused}
    aria-label=${paused ? `Resume, ${heldRuns} new runs` : 'Pause live updates'}
    title="${paused ? 'Resume' : 'Pause'} live updates (p)"
    @click=${toggle}
  >
    ${icon(paused ? 'play' : 'pause')}<span class="word">${paused ? 'Resume' : 'Pause'}</span>${
      paused && heldRuns > 0 ? html`<span class="held">+${formatCount(heldRuns)}</span>` : nothing
    }
  </button>`
}

function user(store: DashboardStore) {
  const name = store.session?.user?.name
  if (!name) return nothing
  return html`<span class="avatar" title=${visibleText(name)} aria-label="Signed in as ${visibleText(name)}" role="img"
      >${initials(name)}</span
    >
    <form method="post" action="${store.base}/auth/logout">
      <button class="button plain icon-only" type="submit" aria-label="Sign out" title="Sign out">
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
