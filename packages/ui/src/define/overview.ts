import { TaskflowMetricsElement } from '../lib/elements/metrics/metrics.ts'
import { TaskflowOverviewElement } from '../lib/elements/overview.ts'
import { defineElement, defineLater } from '../lib/lazy.ts'
import { loadersOf } from '../lib/loaders.ts'

defineElement('taskflow-metrics', TaskflowMetricsElement)
defineElement('taskflow-overview', TaskflowOverviewElement)
// Fetched when it is asked for.
defineLater(loadersOf('taskflow-chart'))

export { TaskflowOverviewElement }

declare global {
  interface HTMLElementTagNameMap {
    'taskflow-overview': TaskflowOverviewElement
  }
}
