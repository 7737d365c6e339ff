import { TaskflowStatusElement } from '../lib/elements/status.ts'
import { defineElement } from '../lib/lazy.ts'

defineElement('taskflow-status', TaskflowStatusElement)

export { TaskflowStatusElement }

declare global {
  interface HTMLElementTagNameMap {
    'taskflow-status': TaskflowStatusElement
  }
}
