import type {
  ActionJson,
  BulkCancelJson,
  BulkRetryJson,
  ClientError,
  DeletedJson,
  StreamState,
  TaskFilterQuery,
} from '@taskflow/core/client'
import type {
  TaskflowCopyEvent,
  TaskflowLogFollowEvent,
  TaskflowLogLineEvent,
  TaskflowLogSearchEvent,
  TaskflowMetricSelectEvent,
  TaskflowNodeSelectEvent,
  TaskflowRangeSelectEvent,
  TaskflowRunFinishedEvent,
  TaskflowSpanSelectEvent,
} from './part-events.ts'
import type { RunFilter } from './store/filter.ts'
import type { Preferences } from './store/preferences.ts'
import type { Route } from './url/route.ts'

/** What people can do: to one run, to many, to the history. */
export type ActionName =
  | 'retry'
  | 'cancel'
  | 'run'
  | 'bulk-retry'
  | 'bulk-cancel'
  | 'clear-history'
  | PageActionName

/** What people can do on the pages of tasks, schedules and dead letters. */
export type PageActionName =
  | 'enqueue'
  | 'pause'
  | 'resume'
  | 'retry-failed'
  | 'schedule-run'
  | 'schedule-pause'
  | 'schedule-resume'
  | 'schedule-remove'

/** What the server answered; its shape goes by the action. */
export type ActionResult = ActionJson | BulkRetryJson | BulkCancelJson | DeletedJson | object

/** How an action went, in words. */
export interface ActionSummary {
  title: string
  text?: string
  /** Where its result is to be seen. */
  route?: Route
}

/** An intent: `preventDefault` keeps it from being carried out. */
export class TaskflowActionEvent extends CustomEvent<{
  action: ActionName
  ids: string[]
  filter: TaskFilterQuery | null
}> {
  constructor(action: ActionName, ids: string[], filter: TaskFilterQuery | null = null) {
    super('taskflow-action', { ...through, cancelable: true, detail: { action, ids, filter } })
  }
}

/** An action went through; `result` is what the server answered. */
export class TaskflowActionDoneEvent extends CustomEvent<{
  action: ActionName
  ids: string[]
  result: ActionResult
  summary: ActionSummary
}> {
  constructor(action: ActionName, ids: string[], result: ActionResult, summary: ActionSummary) {
    super('taskflow-action-done', { ...through, detail: { action, ids, result, summary } })
  }
}

/** An action was refused, or never reached the server. */
export class TaskflowActionErrorEvent extends CustomEvent<{
  action: ActionName
  ids: string[]
  error: ClientError
  summary: ActionSummary
}> {
  constructor(action: ActionName, ids: string[], error: ClientError, summary: ActionSummary) {
    super('taskflow-action-error', { ...through, detail: { action, ids, error, summary } })
  }
}

/** Somebody goes to another place; `preventDefault` keeps the dashboard where it is. */
export class TaskflowNavigateEvent extends CustomEvent<{ route: Route }> {
  /** Set by the element that goes there: a link then need not be followed. */
  handled = false

  constructor(route: Route) {
    super('taskflow-navigate', { ...through, cancelable: true, detail: { route } })
  }
}

/** The connection changed its state. */
export class TaskflowConnectionEvent extends CustomEvent<{ state: StreamState; paused: boolean }> {
  constructor(state: StreamState, paused: boolean) {
    super('taskflow-connection', { ...through, detail: { state, paused } })
  }
}

/** The session ended; `preventDefault` hides the element's own sign-in card. */
export class TaskflowAuthRequiredEvent extends CustomEvent<{ loginUrl: string }> {
  constructor(loginUrl: string) {
    super('taskflow-auth-required', { ...through, cancelable: true, detail: { loginUrl } })
  }
}

/** The first numbers are there. */
export class TaskflowReadyEvent extends CustomEvent<null> {
  constructor() {
    super('taskflow-ready', { ...through, detail: null })
  }
}

/** The detail of a run wants to be closed. */
export class TaskflowCloseEvent extends CustomEvent<null> {
  constructor() {
    super('taskflow-close', { ...through, detail: null })
  }
}

/** A tab of a run was chosen. */
export class TaskflowTabEvent extends CustomEvent<{ tab: string }> {
  constructor(tab: string) {
    super('taskflow-tab', { ...through, detail: { tab } })
  }
}

/** A run was chosen; `preventDefault` keeps its detail from being opened. */
export class TaskflowRunSelectEvent extends CustomEvent<{ runId: string }> {
  constructor(runId: string) {
    super('taskflow-run-select', { ...through, cancelable: true, detail: { runId } })
  }
}

/** The query of a field, or the filter of a list, changed. */
export class TaskflowFilterChangeEvent extends CustomEvent<{
  q: string
  filter: RunFilter | null
}> {
  constructor(q: string, filter: RunFilter | null = null) {
    super('taskflow-filter-change', { ...through, detail: { q, filter } })
  }
}

/** Other runs are ticked; `matching`: all that match the filter. */
export class TaskflowSelectionChangeEvent extends CustomEvent<{
  ids: readonly string[]
  matching: boolean
}> {
  constructor(ids: readonly string[], matching: boolean) {
    super('taskflow-selection-change', { ...through, detail: { ids, matching } })
  }
}

/** Something was chosen on the page of settings. */
export class TaskflowPreferencesEvent extends CustomEvent<Preferences> {
  constructor(change: Preferences) {
    super('taskflow-preferences', { ...through, detail: change })
  }
}

const through = { bubbles: true, composed: true }

/** Events of the elements, for `addEventListener`. */
export interface TaskflowEventMap {
  'taskflow-action': TaskflowActionEvent
  'taskflow-action-done': TaskflowActionDoneEvent
  'taskflow-action-error': TaskflowActionErrorEvent
  'taskflow-navigate': TaskflowNavigateEvent
  'taskflow-connection': TaskflowConnectionEvent
  'taskflow-auth-required': TaskflowAuthRequiredEvent
  'taskflow-ready': TaskflowReadyEvent
  'taskflow-close': TaskflowCloseEvent
  'taskflow-tab': TaskflowTabEvent
  'taskflow-span-select': TaskflowSpanSelectEvent
  'taskflow-run-finished': TaskflowRunFinishedEvent
  'taskflow-metric-select': TaskflowMetricSelectEvent
  'taskflow-range-select': TaskflowRangeSelectEvent
  'taskflow-run-select': TaskflowRunSelectEvent
  'taskflow-filter-change': TaskflowFilterChangeEvent
  'taskflow-selection-change': TaskflowSelectionChangeEvent
  'taskflow-log-follow': TaskflowLogFollowEvent
  'taskflow-log-search': TaskflowLogSearchEvent
  'taskflow-log-line': TaskflowLogLineEvent
  'taskflow-copy': TaskflowCopyEvent
  'taskflow-node-select': TaskflowNodeSelectEvent
  'taskflow-preferences': TaskflowPreferencesEvent
}

declare global {
  interface HTMLElementEventMap extends TaskflowEventMap {}
}
