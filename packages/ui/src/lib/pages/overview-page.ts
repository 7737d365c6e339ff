import { TaskflowMetricsElement } from '../elements/metrics/metrics.ts'
import { TaskflowOverviewElement } from '../elements/overview.ts'

export { shared } from './shared.ts'

/** By the names they are registered under: first what the others draw with. */
export const elements = {
  'taskflow-metrics': TaskflowMetricsElement,
  'taskflow-overview': TaskflowOverviewElement,
}
