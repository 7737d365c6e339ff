export { TaskflowMetricsElement } from '../elements/metrics/metrics.ts'
export { TaskflowOverviewElement } from '../elements/overview.ts'
export { shared } from './shared.ts'
