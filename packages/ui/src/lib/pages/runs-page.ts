export { TaskflowMenuElement } from '../elements/menu.ts'
export { TaskflowQueryElement } from '../elements/query/query-field.ts'
export { TaskflowRunsElement } from '../elements/runs/runs.ts'
