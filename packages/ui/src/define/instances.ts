import { TaskflowCopyElement } from '../lib/elements/copy-button.ts'
import { TaskflowInstancesElement } from '../lib/elements/pages/instances.ts'
import { defineElement } from '../lib/lazy.ts'

defineElement('taskflow-copy', TaskflowCopyElement)
defineElement('taskflow-instances', TaskflowInstancesElement)

export { TaskflowInstancesElement }

declare global {
  interface HTMLElementTagNameMap {
    'taskflow-instances': TaskflowInstancesElement
  }
}
