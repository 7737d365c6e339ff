import type { RunStatusJson } from '@taskflow/core/client'
import type { MetricName } from './elements/metrics/cards.ts'
import type { WaterfallSpan } from './elements/waterfall/spans.ts'
import type { Route } from './url/route.ts'

/*
 * Events of elements that are fetched later, kept from what every page loads first.
 */

/** A stretch of time of a run was chosen. */
export class TaskflowSpanSelectEvent extends CustomEvent<{ span: WaterfallSpan }> {
  constructor(span: WaterfallSpan) {
    super('taskflow-span-select', { ...through, detail: { span } })
  }
}

/** A run that was followed has ended. */
export class TaskflowRunFinishedEvent extends CustomEvent<{ run: RunStatusJson }> {
  constructor(run: RunStatusJson) {
    super('taskflow-run-finished', { ...through, detail: { run } })
  }
}

/** One of the numbers was chosen; `preventDefault` keeps its link from being followed. */
export class TaskflowMetricSelectEvent extends CustomEvent<{ metric: MetricName; route: Route }> {
  constructor(metric: MetricName, route: Route) {
    super('taskflow-metric-select', { ...through, cancelable: true, detail: { metric, route } })
  }
}

/** Another window of time was chosen. */
export class TaskflowRangeSelectEvent extends CustomEvent<{ range: string }> {
  constructor(range: string) {
    super('taskflow-range-select', { ...through, detail: { range } })
  }
}

/** A log began or ceased to follow its end. */
export class TaskflowLogFollowEvent extends CustomEvent<{ following: boolean }> {
  constructor(following: boolean) {
    super('taskflow-log-follow', { ...through, detail: { following } })
  }
}

/** A log was searched; `total` is how many lines match. */
export class TaskflowLogSearchEvent extends CustomEvent<{ query: string; total: number }> {
  constructor(query: string, total: number) {
    super('taskflow-log-search', { ...through, detail: { query, total } })
  }
}

/** The number of a line was chosen: its link was copied. */
export class TaskflowLogLineEvent extends CustomEvent<{ line: number; lastLine: number }> {
  constructor(line: number, lastLine = line) {
    super('taskflow-log-line', { ...through, detail: { line, lastLine } })
  }
}

/** Something was copied. */
export class TaskflowCopyEvent extends CustomEvent<{ text: string }> {
  constructor(text: string) {
    super('taskflow-copy', { ...through, detail: { text } })
  }
}

/** A node of the graph was chosen: a function by its name, or a run by its id. */
export class TaskflowNodeSelectEvent extends CustomEvent<{ id: string }> {
  constructor(id: string) {
    super('taskflow-node-select', { ...through, cancelable: true, detail: { id } })
  }
}

const through = { bubbles: true, composed: true }
