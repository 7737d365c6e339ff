import { TaskflowCopyElement } from '../lib/elements/copy-button.ts'
import { TaskflowMenuElement } from '../lib/elements/menu.ts'
import { TaskflowQueryElement } from '../lib/elements/query/query-field.ts'
import { TaskflowRunsElement } from '../lib/elements/runs/runs.ts'
import { defineElement, defineLater } from '../lib/lazy.ts'
import { loadersOf } from '../lib/loaders.ts'

defineElement('taskflow-query', TaskflowQueryElement)
defineElement('taskflow-menu', TaskflowMenuElement)
defineElement('taskflow-copy', TaskflowCopyElement)
defineElement('taskflow-runs', TaskflowRunsElement)
// Fetched when it is asked for.
defineLater(
  loadersOf(
    'taskflow-run',
    'taskflow-error',
    'taskflow-lifecycle',
    'taskflow-dialogs',
    'taskflow-json',
    'taskflow-logs',
    'taskflow-run-parts',
    'taskflow-waterfall',
  ),
)

export { TaskflowRunsElement }

declare global {
  interface HTMLElementTagNameMap {
    'taskflow-runs': TaskflowRunsElement
  }
}
