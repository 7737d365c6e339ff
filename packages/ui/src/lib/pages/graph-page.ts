export { TaskflowGraphElement } from '../elements/graph/graph.ts'
export { shared } from './shared.ts'
