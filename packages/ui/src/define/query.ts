import { TaskflowQueryElement } from '../lib/elements/query/query-field.ts'
import { defineElement } from '../lib/lazy.ts'

defineElement('taskflow-query', TaskflowQueryElement)

export { TaskflowQueryElement }

declare global {
  interface HTMLElementTagNameMap {
    'taskflow-query': TaskflowQueryElement
  }
}
