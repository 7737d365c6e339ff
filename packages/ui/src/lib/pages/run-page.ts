import { TaskflowCopyElement } from '../elements/copy-button.ts'
import { TaskflowErrorElement } from '../elements/error.ts'
import { TaskflowLifecycleElement } from '../elements/lifecycle.ts'
import { TaskflowRunElement } from '../elements/run.ts'

export { shared } from './shared.ts'

/** By the names they are registered under: first what the others draw with. */
export const elements = {
  'taskflow-copy': TaskflowCopyElement,
  'taskflow-error': TaskflowErrorElement,
  'taskflow-lifecycle': TaskflowLifecycleElement,
  'taskflow-run': TaskflowRunElement,
}
