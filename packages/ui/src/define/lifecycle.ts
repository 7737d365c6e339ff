import { TaskflowLifecycleElement } from '../lib/elements/lifecycle.ts'
import { defineElement } from '../lib/lazy.ts'

defineElement('taskflow-lifecycle', TaskflowLifecycleElement)

export { TaskflowLifecycleElement }

declare global {
  interface HTMLElementTagNameMap {
    'taskflow-lifecycle': TaskflowLifecycleElement
  }
}
