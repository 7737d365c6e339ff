import { TaskflowWaterfallElement } from '../lib/elements/waterfall/waterfall.ts'
import { defineElement } from '../lib/lazy.ts'

defineElement('taskflow-waterfall', TaskflowWaterfallElement)

export { TaskflowWaterfallElement }

declare global {
  interface HTMLElementTagNameMap {
    'taskflow-waterfall': TaskflowWaterfallElement
  }
}
