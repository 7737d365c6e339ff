import { TaskflowChartElement } from '../lib/elements/chart/chart.ts'
import { defineElement } from '../lib/lazy.ts'

defineElement('taskflow-chart', TaskflowChartElement)

export { TaskflowChartElement }

declare global {
  interface HTMLElementTagNameMap {
    'taskflow-chart': TaskflowChartElement
  }
}
