import { TaskflowRunStatusElement } from '../lib/elements/run-status.ts'
import { defineElement } from '../lib/lazy.ts'

defineElement('taskflow-run-status', TaskflowRunStatusElement)

export { TaskflowRunStatusElement }

declare global {
  interface HTMLElementTagNameMap {
    'taskflow-run-status': TaskflowRunStatusElement
  }
}
