import { visibleText } from '../../format/visible-text.ts'
import { t } from '../../messages/messages.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import { type PageName, pageRoute, type Route, runRoute, runsRoute } from '../../url/route.ts'
import type { PaletteInput } from '../dialogs/palette.ts'
import { pageLabel } from './other-pages.ts'

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

/** The route of a page with nothing open. */
export function routeOf(page: PageName): Route {
  return page === 'runs' ? runsRoute() : pageRoute(page)
}

/** Where the palette of a dashboard leads to. */
export function paletteInput(options: {
  store: DashboardStore
  go: (route: Route) => void
  togglePause: () => void
  toggleTheme: () => void
  help: () => void
}): PaletteInput {
  const { store, go, togglePause, toggleTheme, help } = options
  return {
    entries: [
      ...Object.entries(PAGE_KEYS).map(([key, page]) => ({
        label: pageLabel(page),
        note: t('Page'),
        keys: `g ${key}`,
        run: () => go(routeOf(page)),
      })),
      {
        label: store.paused ? t('Resume') : t('Pause live updates'),
        note: t('Action'),
        keys: 'p',
        run: togglePause,
      },
      { label: t('light or dark'), note: t('Action'), keys: 't', run: toggleTheme },
      { label: t('Keys'), note: t('Action'), keys: '?', run: help },
      ...store.functions.map(({ func_name }) => ({
        label: visibleText(func_name),
        note: t('Task'),
        run: () => go(pageRoute('tasks', func_name)),
      })),
    ],
    findRuns: async (text) => {
      try {
        const { tasks } = await store.client.list({ search: text, limit: 5 })
        return tasks
      } catch (cause) {
        store.failure(cause)
        return []
      }
    },
    openRun: (id) => go({ ...runRoute(id), full: true }),
  }
}
