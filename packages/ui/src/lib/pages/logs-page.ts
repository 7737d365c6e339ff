export { TaskflowLogsElement } from '../elements/logs/logs.ts'
export { shared } from './shared.ts'
