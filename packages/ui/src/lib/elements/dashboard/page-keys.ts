import type { DashboardStore } from '../../store/dashboard-store.ts'
import { type PageName, pageRoute, type Route, runsRoute } from '../../url/route.ts'
import { pageLabel } from './page-labels.ts'

/** Keys after `g`. */
export const PAGE_KEYS: Readonly<Record<string, PageName>> = {
  o: 'overview',
  r: 'runs',
  t: 'tasks',
  g: 'graph',
  s: 'schedules',
  d: 'dead-letters',
  l: 'logs',
  a: 'audit',
  i: 'instances',
  e: 'settings',
}

/** A page with the keys that lead to it. */
export interface PageKey {
  keys: string
  label: string
  route: Route
}

/** The pages that are offered, with the keys that lead to them. */
export function pageKeysOf(offers: (page: PageName) => boolean): PageKey[] {
  return Object.entries(PAGE_KEYS)
    .filter(([, page]) => offers(page))
    .map(([key, page]) => ({ keys: `g ${key}`, label: pageLabel(page), route: routeOf(page) }))
}

/** The route of a page with nothing open. */
export function routeOf(page: PageName): Route {
  return page === 'runs' ? runsRoute() : pageRoute(page)
}

/**
 * Whether a page says anything to whoever is signed in. Without accounts everybody is anonymous, and
 * who did what says nothing.
 */
export function mayShow(page: PageName, store: DashboardStore | undefined): boolean {
  return page !== 'audit' || Boolean(store?.session?.user && store.may('audit'))
}
