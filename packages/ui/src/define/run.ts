import { TaskflowCopyElement } from '../lib/elements/copy-button.ts'
import { TaskflowErrorElement } from '../lib/elements/error.ts'
import { TaskflowLifecycleElement } from '../lib/elements/lifecycle.ts'
import { TaskflowMenuElement } from '../lib/elements/menu.ts'
import { TaskflowRunElement } from '../lib/elements/run.ts'
import { defineElement, defineLater } from '../lib/lazy.ts'
import { loadersOf } from '../lib/loaders.ts'

defineElement('taskflow-lifecycle', TaskflowLifecycleElement)
defineElement('taskflow-error', TaskflowErrorElement)
defineElement('taskflow-menu', TaskflowMenuElement)
defineElement('taskflow-copy', TaskflowCopyElement)
defineElement('taskflow-run', TaskflowRunElement)
// Fetched when it is asked for.
defineLater(
  loadersOf(
    'taskflow-dialogs',
    'taskflow-json',
    'taskflow-logs',
    'taskflow-run-parts',
    'taskflow-waterfall',
  ),
)

export { TaskflowRunElement }

declare global {
  interface HTMLElementTagNameMap {
    'taskflow-run': TaskflowRunElement
  }
}
