import { TaskflowTimeElement } from '../lib/elements/time.ts'
import { defineElement } from '../lib/lazy.ts'

defineElement('taskflow-time', TaskflowTimeElement)

export { TaskflowTimeElement }

declare global {
  interface HTMLElementTagNameMap {
    'taskflow-time': TaskflowTimeElement
  }
}
