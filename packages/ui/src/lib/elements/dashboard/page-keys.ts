import { type PageName, pageRoute, type Route, runsRoute } from '../../url/route.ts'

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

/** The route of a page with nothing open. */
export function routeOf(page: PageName): Route {
  return page === 'runs' ? runsRoute() : pageRoute(page)
}
