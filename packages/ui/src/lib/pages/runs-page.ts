import { TaskflowQueryElement } from '../elements/query/query-field.ts'
import { TaskflowRunsElement } from '../elements/runs/runs.ts'

export { shared } from './shared.ts'

/** By the names they are registered under: first what the others draw with. */
export const elements = {
  'taskflow-query': TaskflowQueryElement,
  'taskflow-runs': TaskflowRunsElement,
}
