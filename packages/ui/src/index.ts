export { TaskflowChartElement } from './lib/elements/chart/chart.ts'
export { TaskflowCopyElement } from './lib/elements/copy-button.ts'
export { TaskflowDashboardElement } from './lib/elements/dashboard.ts'
export { type ConfirmOptions, TaskflowDialogsElement } from './lib/elements/dialogs/dialogs.ts'
export { TaskflowDurationElement } from './lib/elements/duration.ts'
export { TaskflowErrorElement } from './lib/elements/error.ts'
export { TaskflowGraphElement } from './lib/elements/graph/graph.ts'
export { TaskflowJsonElement } from './lib/elements/json.ts'
export { TaskflowLifecycleElement } from './lib/elements/lifecycle.ts'
export { TaskflowLiveElement } from './lib/elements/live.ts'
export { TaskflowLogsElement } from './lib/elements/logs/logs.ts'
export { type MenuItem, TaskflowMenuElement } from './lib/elements/menu.ts'
export type { MetricName } from './lib/elements/metrics/cards.ts'
export { TaskflowMetricsElement } from './lib/elements/metrics/metrics.ts'
export { TaskflowOverviewElement } from './lib/elements/overview.ts'
export { TaskflowAuditElement } from './lib/elements/pages/audit.ts'
export { TaskflowDeadLettersElement } from './lib/elements/pages/dead-letters.ts'
export { TaskflowInstancesElement } from './lib/elements/pages/instances.ts'
export { TaskflowRecentLogsElement } from './lib/elements/pages/recent-logs.ts'
export { TaskflowSchedulesElement } from './lib/elements/pages/schedules.ts'
export { TaskflowSettingsElement } from './lib/elements/pages/settings.ts'
export { TaskflowTaskElement } from './lib/elements/pages/task.ts'
export { TaskflowTasksElement } from './lib/elements/pages/tasks.ts'
export { TaskflowProviderElement } from './lib/elements/provider.ts'
export { TaskflowQueryElement } from './lib/elements/query/query-field.ts'
export { TaskflowRunElement } from './lib/elements/run.ts'
export { TaskflowRunPartsElement } from './lib/elements/run-parts/run-parts.ts'
export { TaskflowRunStatusElement } from './lib/elements/run-status.ts'
export { TaskflowRunsElement } from './lib/elements/runs/runs.ts'
export { TaskflowSparklineElement } from './lib/elements/sparkline.ts'
export { TaskflowStatusElement } from './lib/elements/status.ts'
export type { Theme } from './lib/elements/theme.ts'
export { TaskflowTimeElement } from './lib/elements/time.ts'
export { TaskflowToastsElement } from './lib/elements/toasts.ts'
export type { WaterfallSpan } from './lib/elements/waterfall/spans.ts'
export { TaskflowWaterfallElement } from './lib/elements/waterfall/waterfall.ts'
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
  TaskflowFilterChangeEvent,
  TaskflowNavigateEvent,
  TaskflowReadyEvent,
  TaskflowRunSelectEvent,
  TaskflowSelectionChangeEvent,
  TaskflowTabEvent,
} from './lib/events.ts'
export { type Catalogue, knownLanguages, registerLanguage } from './lib/messages/language.ts'
export type { MessageKey } from './lib/messages/messages.ts'
export {
  TaskflowCopyEvent,
  TaskflowLogFollowEvent,
  TaskflowLogLineEvent,
  TaskflowLogSearchEvent,
  TaskflowMetricSelectEvent,
  TaskflowNodeSelectEvent,
  TaskflowRangeSelectEvent,
  TaskflowRunFinishedEvent,
  TaskflowSpanSelectEvent,
} from './lib/part-events.ts'
export type { RunFilter, RunSort } from './lib/store/filter.ts'
export type { PageName, Route } from './lib/url/route.ts'
export type { UrlSyncMode } from './lib/url/url-sync.ts'
