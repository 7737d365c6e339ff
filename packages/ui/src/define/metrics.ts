import { TaskflowMetricsElement } from '../lib/elements/metrics/metrics.ts'
import { defineElement } from '../lib/lazy.ts'

defineElement('taskflow-metrics', TaskflowMetricsElement)

export { TaskflowMetricsElement }

declare global {
  interface HTMLElementTagNameMap {
    'taskflow-metrics': TaskflowMetricsElement
  }
}
