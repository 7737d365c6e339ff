import { TaskflowCopyElement } from '../lib/elements/copy-button.ts'
import { TaskflowLogsElement } from '../lib/elements/logs/logs.ts'
import { defineElement } from '../lib/lazy.ts'

defineElement('taskflow-copy', TaskflowCopyElement)
defineElement('taskflow-logs', TaskflowLogsElement)

export { TaskflowLogsElement }

declare global {
  interface HTMLElementTagNameMap {
    'taskflow-logs': TaskflowLogsElement
  }
}
