import * as elements from './index.ts'

/** Registers every element, unless its name is taken: a second copy in a page must not throw. */
const names = {
  'taskflow-copy': elements.TaskflowCopyElement,
  'taskflow-dashboard': elements.TaskflowDashboardElement,
  'taskflow-duration': elements.TaskflowDurationElement,
  'taskflow-error': elements.TaskflowErrorElement,
  'taskflow-lifecycle': elements.TaskflowLifecycleElement,
  'taskflow-live': elements.TaskflowLiveElement,
  'taskflow-logs': elements.TaskflowLogsElement,
  'taskflow-metrics': elements.TaskflowMetricsElement,
  'taskflow-overview': elements.TaskflowOverviewElement,
  'taskflow-run': elements.TaskflowRunElement,
  'taskflow-runs': elements.TaskflowRunsElement,
  'taskflow-status': elements.TaskflowStatusElement,
  'taskflow-time': elements.TaskflowTimeElement,
  'taskflow-toasts': elements.TaskflowToastsElement,
}

for (const [name, element] of Object.entries(names)) {
  if (!customElements.get(name)) customElements.define(name, element)
}

declare global {
  interface HTMLElementTagNameMap {
    'taskflow-copy': elements.TaskflowCopyElement
    'taskflow-dashboard': elements.TaskflowDashboardElement
    'taskflow-duration': elements.TaskflowDurationElement
    'taskflow-error': elements.TaskflowErrorElement
    'taskflow-lifecycle': elements.TaskflowLifecycleElement
    'taskflow-live': elements.TaskflowLiveElement
    'taskflow-logs': elements.TaskflowLogsElement
    'taskflow-metrics': elements.TaskflowMetricsElement
    'taskflow-overview': elements.TaskflowOverviewElement
    'taskflow-run': elements.TaskflowRunElement
    'taskflow-runs': elements.TaskflowRunsElement
    'taskflow-status': elements.TaskflowStatusElement
    'taskflow-time': elements.TaskflowTimeElement
    'taskflow-toasts': elements.TaskflowToastsElement
  }
}
