import { TaskflowCopyElement } from '../lib/elements/copy-button.ts'
import { TaskflowSchedulesElement } from '../lib/elements/pages/schedules.ts'
import { defineElement, defineLater } from '../lib/lazy.ts'
import { loadersOf } from '../lib/loaders.ts'

defineElement('taskflow-copy', TaskflowCopyElement)
defineElement('taskflow-schedules', TaskflowSchedulesElement)
// Fetched when it is asked for.
defineLater(loadersOf('taskflow-dialogs'))

export { TaskflowSchedulesElement }

declare global {
  interface HTMLElementTagNameMap {
    'taskflow-schedules': TaskflowSchedulesElement
  }
}
