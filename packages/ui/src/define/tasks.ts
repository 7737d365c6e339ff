import { TaskflowTasksElement } from '../lib/elements/pages/tasks.ts'
import { defineElement, defineLater } from '../lib/lazy.ts'
import { loadersOf } from '../lib/loaders.ts'

defineElement('taskflow-tasks', TaskflowTasksElement)
// Fetched when it is asked for.
defineLater(loadersOf('taskflow-dialogs'))

export { TaskflowTasksElement }

declare global {
  interface HTMLElementTagNameMap {
    'taskflow-tasks': TaskflowTasksElement
  }
}
