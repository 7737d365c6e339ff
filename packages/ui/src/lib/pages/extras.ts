import { TaskflowDialogsElement } from '../elements/dialogs/dialogs.ts'
import { TaskflowDurationElement } from '../elements/duration.ts'
import { TaskflowMenuElement } from '../elements/menu.ts'
import { TaskflowRunPartsElement } from '../elements/run-parts/run-parts.ts'
import { TaskflowRunStatusElement } from '../elements/run-status.ts'
import { TaskflowSparklineElement } from '../elements/sparkline.ts'
import { TaskflowStatusElement } from '../elements/status.ts'
import { TaskflowTimeElement } from '../elements/time.ts'
import { TaskflowToastsElement } from '../elements/toasts.ts'
import { TaskflowWaterfallElement } from '../elements/waterfall/waterfall.ts'

export { announceRun, performAction } from '../actions.ts'
export { paletteInput } from '../elements/dashboard/palette-entries.ts'
export { signOut } from '../elements/dashboard/sign-out.ts'
export { TaskflowJsonElement } from '../elements/json.ts'
export { suggestionsFor } from '../elements/query/suggestions.ts'
export { confirmCancel, retryChanged } from '../elements/run-dialogs.ts'
export { runMenu } from '../elements/run-menu.ts'
export { actOnSelection } from '../elements/runs/bulk.ts'
export { bulkBar } from '../elements/runs/bulk-bar.ts'
export { columnPicker } from '../elements/runs/column-picker.ts'
export { filterPanel } from '../elements/runs/filters.ts'
export { knownValues } from '../elements/runs/known-values.ts'
export { openMoreMenu, openRowMenu } from '../elements/runs/list-menus.ts'
export { shared } from './shared.ts'

/** By the names they are registered under: first what the others draw with. */
export const elements = {
  'taskflow-dialogs': TaskflowDialogsElement,
  'taskflow-duration': TaskflowDurationElement,
  'taskflow-menu': TaskflowMenuElement,
  'taskflow-run-status': TaskflowRunStatusElement,
  'taskflow-sparkline': TaskflowSparklineElement,
  'taskflow-status': TaskflowStatusElement,
  'taskflow-time': TaskflowTimeElement,
  'taskflow-toasts': TaskflowToastsElement,
  'taskflow-waterfall': TaskflowWaterfallElement,
  'taskflow-run-parts': TaskflowRunPartsElement,
}
