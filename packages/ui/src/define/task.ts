import { TaskflowCopyElement } from '../lib/elements/copy-button.ts'
import { TaskflowTaskElement } from '../lib/elements/pages/task.ts'
import { defineElement, defineLater } from '../lib/lazy.ts'
import { loadersOf } from '../lib/loaders.ts'

defineElement('taskflow-copy', TaskflowCopyElement)
defineElement('taskflow-task', TaskflowTaskElement)
// Fetched when it is asked for.
defineLater(loadersOf('taskflow-chart', 'taskflow-dialogs'))

export { TaskflowTaskElement }

declare global {
  interface HTMLElementTagNameMap {
    'taskflow-task': TaskflowTaskElement
  }
}
