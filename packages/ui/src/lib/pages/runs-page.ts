export { TaskflowQueryElement } from '../elements/query/query-field.ts'
export { TaskflowRunsElement } from '../elements/runs/runs.ts'
export { shared } from './shared.ts'
