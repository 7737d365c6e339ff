import { TaskflowCopyElement } from '../lib/elements/copy-button.ts'
import { TaskflowAuditElement } from '../lib/elements/pages/audit.ts'
import { defineElement } from '../lib/lazy.ts'

defineElement('taskflow-copy', TaskflowCopyElement)
defineElement('taskflow-audit', TaskflowAuditElement)

export { TaskflowAuditElement }

declare global {
  interface HTMLElementTagNameMap {
    'taskflow-audit': TaskflowAuditElement
  }
}
