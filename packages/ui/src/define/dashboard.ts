import { defineAll } from '../lib/define-all.ts'
import { TaskflowDashboardElement } from '../lib/elements/dashboard.ts'

defineAll()

export { TaskflowDashboardElement }

declare global {
  interface HTMLElementTagNameMap {
    'taskflow-dashboard': TaskflowDashboardElement
  }
}
