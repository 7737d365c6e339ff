import { TaskflowGraphElement } from '../elements/graph/graph.ts'

export { shared } from './shared.ts'

/** By the names they are registered under: first what the others draw with. */
export const elements = {
  'taskflow-graph': TaskflowGraphElement,
}
