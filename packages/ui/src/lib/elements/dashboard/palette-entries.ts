import { visibleText } from '../../format/visible-text.ts'
import { t } from '../../messages/messages.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import { type PageName, pageRoute, type Route, runRoute } from '../../url/route.ts'
import type { PaletteInput } from '../dialogs/palette.ts'
import type { PageKey } from './page-keys.ts'

/** Where the palette of a dashboard leads to. */
export function paletteInput(options: {
  store: DashboardStore
  pages: readonly PageKey[]
  /** Whether a page is there to go to. */
  offers: (page: PageName) => boolean
  go: (route: Route) => void
  togglePause: () => void
  toggleTheme: () => void
  help: () => void
}): PaletteInput {
  const { store, pages, offers, go, togglePause, toggleTheme, help } = options
  return {
    entries: [
      ...pages.map(({ keys, label, route }) => ({
        label,
        note: t('Page'),
        keys,
        run: () => go(route),
      })),
      {
        label: store.paused ? t('Resume') : t('Pause live updates'),
        note: t('Action'),
        keys: 'p',
        run: togglePause,
      },
      { label: t('Light or dark'), note: t('Action'), keys: 't', run: toggleTheme },
      { label: t('Keys'), note: t('Action'), keys: '?', run: help },
      ...(offers('tasks') ? store.functions : []).map(({ func_name }) => ({
        label: visibleText(func_name),
        note: t('Task'),
        run: () => go(pageRoute('tasks', func_name)),
      })),
    ],
    findRuns: async (text) => {
      if (!offers('runs')) return []
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
