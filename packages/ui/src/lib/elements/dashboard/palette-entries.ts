import { visibleText } from '../../format/visible-text.ts'
import { t } from '../../messages/messages.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import { pageRoute, type Route, runRoute } from '../../url/route.ts'
import type { PaletteInput } from '../dialogs/palette.ts'

/** Where the palette of a dashboard leads to. */
export function paletteInput(options: {
  store: DashboardStore
  pages: readonly { key: string; label: string; route: Route }[]
  go: (route: Route) => void
  togglePause: () => void
  toggleTheme: () => void
  help: () => void
}): PaletteInput {
  const { store, pages, go, togglePause, toggleTheme, help } = options
  return {
    entries: [
      ...pages.map(({ key, label, route }) => ({
        label,
        note: t('Page'),
        keys: `g ${key}`,
        run: () => go(route),
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
