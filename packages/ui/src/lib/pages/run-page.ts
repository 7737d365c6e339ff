export { TaskflowErrorElement } from '../elements/error.ts'
export { TaskflowLifecycleElement } from '../elements/lifecycle.ts'
export { TaskflowMenuElement } from '../elements/menu.ts'
export { TaskflowRunElement } from '../elements/run.ts'
