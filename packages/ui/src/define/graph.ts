import { TaskflowGraphElement } from '../lib/elements/graph/graph.ts'
import { defineElement } from '../lib/lazy.ts'

defineElement('taskflow-graph', TaskflowGraphElement)

export { TaskflowGraphElement }

declare global {
  interface HTMLElementTagNameMap {
    'taskflow-graph': TaskflowGraphElement
  }
}
