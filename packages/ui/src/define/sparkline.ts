import { TaskflowSparklineElement } from '../lib/elements/sparkline.ts'
import { defineElement } from '../lib/lazy.ts'

defineElement('taskflow-sparkline', TaskflowSparklineElement)

export { TaskflowSparklineElement }

declare global {
  interface HTMLElementTagNameMap {
    'taskflow-sparkline': TaskflowSparklineElement
  }
}
