export { TaskflowErrorElement } from '../elements/error.ts'
export { TaskflowLifecycleElement } from '../elements/lifecycle.ts'
export { TaskflowRunElement } from '../elements/run.ts'
export { shared } from './shared.ts'
