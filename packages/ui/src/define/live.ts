import { TaskflowLiveElement } from '../lib/elements/live.ts'
import { defineElement } from '../lib/lazy.ts'

defineElement('taskflow-live', TaskflowLiveElement)

export { TaskflowLiveElement }

declare global {
  interface HTMLElementTagNameMap {
    'taskflow-live': TaskflowLiveElement
  }
}
