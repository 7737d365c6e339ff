import { TaskflowCopyElement } from '../lib/elements/copy-button.ts'
import { TaskflowJsonElement } from '../lib/elements/json.ts'
import { defineElement } from '../lib/lazy.ts'

defineElement('taskflow-copy', TaskflowCopyElement)
defineElement('taskflow-json', TaskflowJsonElement)

export { TaskflowJsonElement }

declare global {
  interface HTMLElementTagNameMap {
    'taskflow-json': TaskflowJsonElement
  }
}
