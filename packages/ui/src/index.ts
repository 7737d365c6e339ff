export { TaskflowCopyElement } from './lib/elements/copy-button.ts'
export { TaskflowDashboardElement } from './lib/elements/dashboard.ts'
export { TaskflowDurationElement } from './lib/elements/duration.ts'
export { TaskflowErrorElement } from './lib/elements/error.ts'
export { TaskflowLifecycleElement } from './lib/elements/lifecycle.ts'
export { TaskflowLiveElement } from './lib/elements/live.ts'
export { TaskflowLogsElement } from './lib/elements/logs.ts'
export { TaskflowMetricsElement } from './lib/elements/metrics.ts'
export { TaskflowOverviewElement } from './lib/elements/overview.ts'
export { TaskflowRunElement } from './lib/elements/run.ts'
export { TaskflowRunsElement } from './lib/elements/runs/runs.ts'
export { TaskflowStatusElement } from './lib/elements/status.ts'
export type { Theme } from './lib/elements/theme.ts'
export { TaskflowTimeElement } from './lib/elements/time.ts'
export { TaskflowToastsElement } from './lib/elements/toasts.ts'
export {
  type ActionName,
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
export type { RunFilter, RunSort } from './lib/store/filter.ts'
export type { PageName, Route } from './lib/url/route.ts'
export type { UrlSyncMode } from './lib/url/url-sync.ts'
