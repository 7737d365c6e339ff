import { TaskflowDurationElement } from '../lib/elements/duration.ts'
import { defineElement } from '../lib/lazy.ts'

defineElement('taskflow-duration', TaskflowDurationElement)

export { TaskflowDurationElement }

declare global {
  interface HTMLElementTagNameMap {
    'taskflow-duration': TaskflowDurationElement
  }
}
