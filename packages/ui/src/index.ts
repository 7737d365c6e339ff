export { TaskflowCopyElement } from './lib/elements/copy-button.ts'
export { TaskflowDashboardElement } from './lib/elements/dashboard.ts'
export { type ConfirmOptions, TaskflowDialogsElement } from './lib/elements/dialogs/dialogs.ts'
export { TaskflowDurationElement } from './lib/elements/duration.ts'
export { TaskflowErrorElement } from './lib/elements/error.ts'
export { TaskflowJsonElement } from './lib/elements/json.ts'
export { TaskflowLifecycleElement } from './lib/elements/lifecycle.ts'
export { TaskflowLiveElement } from './lib/elements/live.ts'
export { TaskflowLogsElement } from './lib/elements/logs/logs.ts'
export { type MenuItem, TaskflowMenuElement } from './lib/elements/menu.ts'
export { TaskflowMetricsElement } from './lib/elements/metrics.ts'
export { TaskflowOverviewElement } from './lib/elements/overview.ts'
export {
  TaskflowFilterChangeEvent,
  TaskflowQueryElement,
} from './lib/elements/query/query-field.ts'
export { TaskflowRunElement } from './lib/elements/run.ts'
export { TaskflowRunPartsElement } from './lib/elements/run-parts/run-parts.ts'
export { TaskflowRunsElement } from './lib/elements/runs/runs.ts'
export { TaskflowStatusElement } from './lib/elements/status.ts'
export type { Theme } from './lib/elements/theme.ts'
export { TaskflowTimeElement } from './lib/elements/time.ts'
export { TaskflowToastsElement } from './lib/elements/toasts.ts'
export {
  type ActionName,
  type ActionSummary,
  TaskflowActionDoneEvent,
  TaskflowActionErrorEvent,
  TaskflowActionEvent,
  TaskflowAuthRequiredEvent,
  TaskflowCloseEvent,
  TaskflowConnectionEvent,
  type TaskflowEventMap,
  TaskflowNavigateEvent,
  TaskflowReadyEvent,
  TaskflowTabEvent,
} from './lib/events.ts'
export { type Catalogue, knownLanguages, registerLanguage } from './lib/messages/language.ts'
export type { MessageKey } from './lib/messages/messages.ts'
export type { RunFilter, RunSort } from './lib/store/filter.ts'
export type { PageName, Route } from './lib/url/route.ts'
export type { UrlSyncMode } from './lib/url/url-sync.ts'
