import { pages } from './elements/pages/define-pages.ts'
import { defineElement, type Loaders } from './lazy.ts'

const copy = async () => (await import('./pages/run-page.ts')).TaskflowCopyElement

/**
 * Every element that is not there from the start. A page and what only it needs are one file, and
 * come together.
 */
export const loaders: Loaders = {
  ...pages,
  'taskflow-overview': async () => {
    const page = await import('./pages/overview-page.ts')
    defineElement('taskflow-metrics', page.TaskflowMetricsElement)
    return page.TaskflowOverviewElement
  },
  'taskflow-metrics': async () => (await import('./pages/overview-page.ts')).TaskflowMetricsElement,
  'taskflow-runs': async () => {
    const page = await import('./pages/runs-page.ts')
    defineElement('taskflow-query', page.TaskflowQueryElement)
    return page.TaskflowRunsElement
  },
  'taskflow-query': async () => (await import('./pages/runs-page.ts')).TaskflowQueryElement,
  'taskflow-run': async () => {
    const page = await import('./pages/run-page.ts')
    defineElement('taskflow-copy', page.TaskflowCopyElement)
    defineElement('taskflow-error', page.TaskflowErrorElement)
    defineElement('taskflow-lifecycle', page.TaskflowLifecycleElement)
    return page.TaskflowRunElement
  },
  'taskflow-copy': copy,
  'taskflow-error': async () => {
    defineElement('taskflow-copy', await copy())
    return (await import('./pages/run-page.ts')).TaskflowErrorElement
  },
  'taskflow-lifecycle': async () => (await import('./pages/run-page.ts')).TaskflowLifecycleElement,
  'taskflow-dialogs': async () => (await import('./pages/extras.ts')).TaskflowDialogsElement,
  'taskflow-json': async () => {
    defineElement('taskflow-copy', await copy())
    return (await import('./pages/extras.ts')).TaskflowJsonElement
  },
  'taskflow-logs': async () => (await import('./pages/logs-page.ts')).TaskflowLogsElement,
  'taskflow-menu': async () => (await import('./pages/extras.ts')).TaskflowMenuElement,
  'taskflow-run-parts': async () => {
    const extras = await import('./pages/extras.ts')
    defineElement('taskflow-waterfall', extras.TaskflowWaterfallElement)
    return extras.TaskflowRunPartsElement
  },
  'taskflow-toasts': async () => (await import('./pages/extras.ts')).TaskflowToastsElement,
  'taskflow-waterfall': async () => (await import('./pages/extras.ts')).TaskflowWaterfallElement,
  // These are for hosts: the dashboard's own pages do without them.
  'taskflow-duration': async () => (await import('./pages/extras.ts')).TaskflowDurationElement,
  'taskflow-run-status': async () => (await import('./pages/extras.ts')).TaskflowRunStatusElement,
  'taskflow-sparkline': async () => (await import('./pages/extras.ts')).TaskflowSparklineElement,
  'taskflow-status': async () => (await import('./pages/extras.ts')).TaskflowStatusElement,
  'taskflow-time': async () => (await import('./pages/extras.ts')).TaskflowTimeElement,
}

/** The loaders of some elements. */
export function loadersOf(...names: readonly string[]): Loaders {
  return Object.fromEntries(Object.entries(loaders).filter(([name]) => names.includes(name)))
}
