import { visibleText } from '../../format/visible-text.ts'
import { type MessageKey, t } from '../../messages/messages.ts'
import type { PageName, Route } from '../../url/route.ts'

const LABELS = {
  overview: 'Overview',
  runs: 'Runs',
  tasks: 'Tasks',
  graph: 'Graph',
  schedules: 'Schedules',
  'dead-letters': 'Dead letters',
  logs: 'Logs',
  audit: 'Audit',
  instances: 'Instances',
  settings: 'Settings',
} as const satisfies Record<PageName, MessageKey>

/** What a page is called, in the tab bar and in the window's title. */
export function pageLabel(page: PageName): string {
  return t(LABELS[page])
}

/** What a place is called; null is none of the dashboard's. */
export function placeLabel(route: Route | null): string {
  return route ? pageLabel(route.page) : t('No such page')
}

/** The title of the window, whose last part is the dashboard's. */
export function windowTitle(route: Route | null, title: string): string {
  const parts = [route?.item ?? '', placeLabel(route), title]
  return parts.filter(Boolean).map(visibleText).join(' · ')
}

/** Whether there is such a page. */
export function isPageName(name: string): name is PageName {
  return Object.hasOwn(LABELS, name)
}
