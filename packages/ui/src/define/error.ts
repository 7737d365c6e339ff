import { TaskflowCopyElement } from '../lib/elements/copy-button.ts'
import { TaskflowErrorElement } from '../lib/elements/error.ts'
import { defineElement } from '../lib/lazy.ts'

defineElement('taskflow-copy', TaskflowCopyElement)
defineElement('taskflow-error', TaskflowErrorElement)

export { TaskflowErrorElement }

declare global {
  interface HTMLElementTagNameMap {
    'taskflow-error': TaskflowErrorElement
  }
}
