import { TaskflowRecentLogsElement } from '../lib/elements/pages/recent-logs.ts'
import { defineElement } from '../lib/lazy.ts'

defineElement('taskflow-recent-logs', TaskflowRecentLogsElement)

export { TaskflowRecentLogsElement }

declare global {
  interface HTMLElementTagNameMap {
    'taskflow-recent-logs': TaskflowRecentLogsElement
  }
}
