import { html, nothing, type ReactiveControllerHost, type TemplateResult } from 'lit'
import { formatCount } from '../../format/number.ts'
import { t } from '../../messages/messages.ts'
import { icon } from '../../parts/icons.ts'
import { showPopover } from '../../parts/popover.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import { readPreferences, writePreferences } from '../../store/preferences.ts'
import type { PageName, Route } from '../../url/route.ts'
import type { Link } from './frame.ts'
import { mayShow, PAGE_KEYS, routeOf } from './page-keys.ts'
import { pageLabel } from './page-labels.ts'

type GroupName = 'operate' | 'review'

const REVIEW: readonly PageName[] = ['logs', 'audit', 'instances', 'settings']

/** Which groups of pages are folded away, on this device. */
export class NavGroups {
  readonly #host: ReactiveControllerHost
  /** Lasts for this page where nothing may be remembered. */
  #closed: ReadonlySet<string> | undefined

  constructor(host: ReactiveControllerHost) {
    this.#host = host
  }

  isClosed(name: GroupName, base: string): boolean {
    this.#closed ??= new Set(readPreferences(base).closedGroups)
    return this.#closed.has(name)
  }

  toggle(name: GroupName, base: string): void {
    const closed = new Set(this.#closed)
    if (!closed.delete(name)) closed.add(name)
    this.#closed = closed
    writePreferences(base, { closedGroups: [...closed] })
    this.#host.requestUpdate()
  }
}

/**
 * The pages, as links with live numbers; a menu of them where the bar is too narrow. At the side and in
 * the menu they stand in groups that fold; the page one is on stays.
 */
export function dashboardNav(options: {
  page: PageName | null
  /** Names of those that are offered, in order; null for all. */
  sections: readonly string[] | null
  store: DashboardStore
  groups: NavGroups
  link: (route: Route) => Link
}): TemplateResult {
  const { page, sections, store, groups, link } = options
  const all = Object.values(PAGE_KEYS).filter((name) => mayShow(name, store))
  const offered = sections?.flatMap((name) => all.filter((one) => one === name)) ?? all
  const entries = offered.map((name): Entry => {
    const { href, click } = link(routeOf(name))
    return { ...countOf(name, store), page: name, href, click, current: name === page }
  })
  // An order of the host's own is kept: groups would change it.
  const grouped = (entry: (entry: Entry) => TemplateResult) => {
    if (sections) return entries.map(entry)
    return (['operate', 'review'] as const).map((name) => {
      const own = entries.filter((one) => REVIEW.includes(one.page) === (name === 'review'))
      if (own.length === 0) return nothing
      const label = name === 'operate' ? t('Operate') : t('Review')
      const closed = groups.isClosed(name, store.base)
      return html`<div class="group ${closed ? 'closed' : ''}" role="group" aria-label=${label}>
        <button
          class="button plain group-button"
          type="button"
          aria-expanded=${closed ? 'false' : 'true'}
          @click=${() => groups.toggle(name, store.base)}
        >
          ${icon('chevronRight', 'small')}${label}
        </button>
        ${own.map(entry)}
      </div>`
    })
  }
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
    ${grouped(
      (
        entry,
      ) => html`<a class="tab" href=${entry.href} aria-current=${entry.current ? 'page' : nothing} @click=${entry.click}
        >${pageLabel(entry.page)}${count(entry)}</a
      >`,
    )}
    <slot name="nav-end"></slot>
    <div class="overlay page-menu" popover="auto" role="group" aria-label=${t('All pages')}>
      ${grouped(
        (entry) => html`<a
          href=${entry.href}
          aria-current=${entry.current ? 'page' : nothing}
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

interface Count {
  count: number | null
  alarm?: boolean
}

interface Entry extends Link, Count {
  page: PageName
  current: boolean
}

function countOf(page: PageName, store: DashboardStore): Count {
  const { metrics, functions, schedules, overview } = store
  const states = overview?.schedules
  const scheduled = states ? states.pending + states.scheduled + states.paused : null
  switch (page) {
    case 'runs':
      return { count: metrics?.total ?? null }
    case 'tasks':
      return { count: functions.length || null }
    case 'schedules':
      return { count: (schedules?.length ?? scheduled) || null }
    case 'dead-letters':
      return { count: metrics?.failed || null, alarm: true }
    default:
      return { count: null }
  }
}

function count({ count, alarm }: Count) {
  if (count === null) return nothing
  return html`<span class="count ${alarm ? 'alarm' : ''}">${formatCount(count)}</span>`
}
