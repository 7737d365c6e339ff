import type * as elements from './index.ts'
import { TaskflowCopyElement } from './lib/elements/copy-button.ts'
import { TaskflowDashboardElement } from './lib/elements/dashboard.ts'
import { TaskflowLiveElement } from './lib/elements/live.ts'
import { pages } from './lib/elements/pages/define-pages.ts'
import { defineElement, defineLater } from './lib/lazy.ts'

// Registers every element, unless its name is taken: a second copy in a page must not throw.
const names = {
  'taskflow-copy': TaskflowCopyElement,
  'taskflow-dashboard': TaskflowDashboardElement,
  'taskflow-live': TaskflowLiveElement,
}
for (const [name, element] of Object.entries(names)) defineElement(name, element)

// Fetched when an element asks for them, or when the page is idle. A page and what only it needs are
// one file.
defineLater({
  ...pages,
  'taskflow-toasts': async () => (await import('./lib/pages/toasts-page.ts')).TaskflowToastsElement,
  'taskflow-overview': async () => {
    const page = await import('./lib/pages/overview-page.ts')
    defineElement('taskflow-metrics', page.TaskflowMetricsElement)
    return page.TaskflowOverviewElement
  },
  'taskflow-runs': async () => {
    const page = await import('./lib/pages/runs-page.ts')
    defineElement('taskflow-query', page.TaskflowQueryElement)
    return page.TaskflowRunsElement
  },
  'taskflow-run': async () => {
    const page = await import('./lib/pages/run-page.ts')
    defineElement('taskflow-error', page.TaskflowErrorElement)
    defineElement('taskflow-lifecycle', page.TaskflowLifecycleElement)
    return page.TaskflowRunElement
  },
  // These are for hosts: the dashboard's own pages do without them.
  'taskflow-duration': async () =>
    (await import('./lib/pages/run-page.ts')).TaskflowDurationElement,
  'taskflow-status': async () => (await import('./lib/pages/run-page.ts')).TaskflowStatusElement,
  'taskflow-time': async () => (await import('./lib/pages/run-page.ts')).TaskflowTimeElement,
  'taskflow-dialogs': async () => (await import('./lib/pages/extras.ts')).TaskflowDialogsElement,
  'taskflow-json': async () => (await import('./lib/pages/extras.ts')).TaskflowJsonElement,
  'taskflow-menu': async () => (await import('./lib/pages/extras.ts')).TaskflowMenuElement,
  'taskflow-logs': async () => (await import('./lib/pages/logs-page.ts')).TaskflowLogsElement,
  'taskflow-run-parts': async () => (await import('./lib/pages/extras.ts')).TaskflowRunPartsElement,
})

declare global {
  interface HTMLElementTagNameMap {
    'taskflow-copy': elements.TaskflowCopyElement
    'taskflow-dashboard': elements.TaskflowDashboardElement
    'taskflow-dialogs': elements.TaskflowDialogsElement
    'taskflow-duration': elements.TaskflowDurationElement
    'taskflow-error': elements.TaskflowErrorElement
    'taskflow-json': elements.TaskflowJsonElement
    'taskflow-lifecycle': elements.TaskflowLifecycleElement
    'taskflow-live': elements.TaskflowLiveElement
    'taskflow-logs': elements.TaskflowLogsElement
    'taskflow-menu': elements.TaskflowMenuElement
    'taskflow-metrics': elements.TaskflowMetricsElement
    'taskflow-overview': elements.TaskflowOverviewElement
    'taskflow-query': elements.TaskflowQueryElement
    'taskflow-run': elements.TaskflowRunElement
    'taskflow-run-parts': elements.TaskflowRunPartsElement
    'taskflow-runs': elements.TaskflowRunsElement
    'taskflow-status': elements.TaskflowStatusElement
    'taskflow-time': elements.TaskflowTimeElement
    'taskflow-toasts': elements.TaskflowToastsElement
  }
}
