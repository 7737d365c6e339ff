import { TaskflowCopyElement } from '../lib/elements/copy-button.ts'
import { TaskflowErrorElement } from '../lib/elements/error.ts'
import { TaskflowDeadLettersElement } from '../lib/elements/pages/dead-letters.ts'
import { defineElement, defineLater } from '../lib/lazy.ts'
import { loadersOf } from '../lib/loaders.ts'

defineElement('taskflow-error', TaskflowErrorElement)
defineElement('taskflow-copy', TaskflowCopyElement)
defineElement('taskflow-dead-letters', TaskflowDeadLettersElement)
// Fetched when it is asked for.
defineLater(loadersOf('taskflow-dialogs'))

export { TaskflowDeadLettersElement }

declare global {
  interface HTMLElementTagNameMap {
    'taskflow-dead-letters': TaskflowDeadLettersElement
  }
}
