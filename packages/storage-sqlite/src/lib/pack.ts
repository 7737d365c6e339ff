import type { NewTask, Settlement } from '@taskflow/core'
import type { Kind } from './kinds.ts'
import { toText } from './text.ts'

// Batches cross to the engine's thread as JSON text: that is copied whole, where a thousand objects
// are cloned one by one at four times the cost, and SQLite reads it without another copy.

/** What a task was given beyond the ordinary, as its row keeps it. */
export interface Meta {
  priority?: number
  tags?: Record<string, string>
  key?: string
  retryOf?: string
  flow?: string
  schedule?: string
  /** W3C trace context of who enqueued it. */
  trace?: string
  /** What becomes of it when a parent does not succeed; there if it has parents. */
  onFailure?: 'hold' | 'fail' | 'run'
}

/** A new task; what follows the kind is left out when there is nothing beyond the ordinary. */
export type PackedTask = [
  id: string,
  payload: string,
  /** Position in `kinds`. */
  kind: number,
  meta?: string | null,
  rank?: number,
  runAt?: number | null,
  delayMs?: number,
  dependsOn?: string[],
]

export interface PackedInsert {
  /** JSON of `PackedTask[]`; of plain tasks, of their payloads by id, in order; of a single one its payload. */
  tasks: string
  kinds: Kind[]
  count: number
  first: string
  last: string
  /** Ids grow, so that the first tells whether any was seen before. */
  ascending: boolean
  /** Nothing to look up: no keys, retries or parents. */
  independent: boolean
  /** All are of one kind, ids grow, and no task has anything beyond the ordinary. */
  plain: boolean
  now?: number | undefined
}

export function packInsert(input: { tasks: NewTask[]; now?: number | undefined }): PackedInsert {
  const kinds: Kind[] = []
  const packed: PackedInsert = {
    tasks: '',
    kinds,
    count: input.tasks.length,
    first: input.tasks[0]?.taskId ?? '',
    last: '',
    ascending: true,
    independent: true,
    plain: false,
    now: input.now,
  }
  let ordinary = true
  let like: NewTask | undefined
  let kind = 0
  const rows = input.tasks.map((task): PackedTask => {
    // Most batches are of one kind: compared with the task before, that costs next to nothing.
    if (like === undefined || !isAlike(task, like)) kind = kindIn(kinds, task)
    like = task
    if (task.taskId <= packed.last) packed.ascending = false
    packed.last = task.taskId
    const { dependsOn = [] } = task
    const meta = metaOf(task)
    if (task.idempotencyKey !== null || task.retryOf !== null || dependsOn.length > 0) {
      packed.independent = false
    }
    const { taskId, runAt, delayMs } = task
    const payload = toText(task.payload)
    if (meta === null && runAt === undefined && (delayMs ?? 0) === 0) return [taskId, payload, kind]
    ordinary = false
    const rank = task.priority ?? 0
    const row: PackedTask = [taskId, payload, kind, meta, rank, runAt ?? null, delayMs ?? 0]
    if (dependsOn.length > 0) row.push(dependsOn)
    return row
  })
  packed.plain = ordinary && packed.ascending && kinds.length === 1
  packed.tasks = packed.plain ? plainText(rows) : JSON.stringify(rows)
  return packed
}

/**
 * SQLite reads key and value of an object at half the cost of the elements of an array in an array. A
 * single task needs neither.
 */
function plainText(rows: readonly PackedTask[]): string {
  if (rows.length === 1) return rows[0]?.[1] ?? ''
  let text = ''
  for (const [id, payload] of rows) {
    text += `${text === '' ? '{' : ','}${JSON.stringify(id)}:${JSON.stringify(payload)}`
  }
  return `${text}}`
}

function isAlike(a: NewTask, b: NewTask): boolean {
  return (
    a.funcName === b.funcName &&
    a.group === b.group &&
    a.executor === b.executor &&
    a.source === b.source &&
    a.maxAttempts === b.maxAttempts &&
    a.requeueOnInterrupt === b.requeueOnInterrupt
  )
}

function kindIn(kinds: Kind[], task: NewTask): number {
  const kind: Kind = {
    func: task.funcName,
    group: toText(task.group),
    executor: task.executor,
    source: task.source,
    maxAttempts: task.maxAttempts,
    requeue: task.requeueOnInterrupt,
  }
  const found = kinds.findIndex(
    (each) =>
      each.func === kind.func &&
      each.group === kind.group &&
      each.executor === kind.executor &&
      each.source === kind.source &&
      each.maxAttempts === kind.maxAttempts &&
      each.requeue === kind.requeue,
  )
  return found >= 0 ? found : kinds.push(kind) - 1
}

function metaOf(task: NewTask): string | null {
  const { priority, tags, idempotencyKey, retryOf, flowId, scheduleId, dependsOn, trace } = task
  const hasTags = hasEntries(tags)
  const hasParents = dependsOn !== undefined && dependsOn.length > 0
  if (
    priority === null &&
    !hasTags &&
    idempotencyKey === null &&
    retryOf === null &&
    flowId === undefined &&
    scheduleId === undefined &&
    trace === undefined &&
    !hasParents
  ) {
    return null
  }
  const meta: Meta = {}
  if (priority !== null) meta.priority = priority
  if (hasTags) meta.tags = tags
  if (idempotencyKey !== null) meta.key = idempotencyKey
  if (retryOf !== null) meta.retryOf = retryOf
  if (flowId !== undefined) meta.flow = flowId
  if (scheduleId !== undefined) meta.schedule = scheduleId
  if (trace !== undefined) meta.trace = trace
  if (hasParents) meta.onFailure = task.onParentFailure ?? 'hold'
  return JSON.stringify(meta)
}

function hasEntries(tags: Record<string, string>): boolean {
  for (const _ in tags) return true
  return false
}

export function toMeta(text: string | null): Meta {
  return text === null ? {} : (JSON.parse(text) as Meta)
}

/** A settlement, without trailing nulls. */
export type PackedSettlement = [
  id: string,
  fence: number,
  type: Settlement['outcome']['type'],
  durationMs: number,
  result?: string | null,
  cause?: 'error' | 'timeout' | null,
  delayMs?: number,
  error?: string | null,
  stacktrace?: string | null,
  logs?: Settlement['logs'],
]

/** Plain settlements of one fence: nearly always that of a first start. */
export interface PlainSettlements {
  fence: number
  /** Position of the first of them; the others follow. */
  from: number
  count: number
  /** JSON of their results, null for none, by duration and id: `12 0198…`. */
  results: string
}

export interface PackedSettlements {
  plain: PlainSettlements[]
  /** JSON of `PackedSettlement[]`: all others. */
  others: string
}

/** Whether nothing but its result is to be stored of a settlement. */
export function isPlain({ outcome, logs, chained = [] }: Settlement): boolean {
  return outcome.type === 'success' && logs.length === 0 && chained.length === 0
}

export function packSettlements(settlements: readonly Settlement[]): PackedSettlements {
  const plain: PlainSettlements[] = []
  const others: PackedSettlement[] = []
  for (const settlement of settlements) {
    if (isPlain(settlement)) addPlain(plain, settlement)
    else others.push(packOther(settlement))
  }
  let from = 0
  for (const group of plain) {
    group.results += '}'
    group.from = from
    from += group.count
  }
  return { plain, others: JSON.stringify(others) }
}

/** As one object: see `plainText`. A task may be in it twice. */
function addPlain(groups: PlainSettlements[], settlement: Settlement): void {
  const { taskId, fence, durationMs, result = null } = settlement
  let group = groups.find((each) => each.fence === fence)
  if (group === undefined) {
    group = { fence, from: 0, count: 0, results: '' }
    groups.push(group)
  }
  const key = JSON.stringify(`${Math.round(durationMs)} ${taskId}`)
  group.results += `${group.count === 0 ? '{' : ','}${key}:${JSON.stringify(toText(result))}`
  group.count += 1
}

function packOther(settlement: Settlement): PackedSettlement {
  const { taskId, fence, outcome, durationMs, result, error, stacktrace, logs } = settlement
  return [
    taskId,
    fence,
    outcome.type,
    durationMs,
    toText(result),
    'cause' in outcome ? outcome.cause : null,
    settlement.delayMs ?? 0,
    error ?? null,
    stacktrace ?? null,
    logs,
  ]
}

/** What is to be stored with a settlement, which is named by its position among the others. */
export type PackedChain = [settlement: number, tasks: PackedInsert]

export function packChained(settlements: readonly Settlement[]): PackedChain[] {
  return settlements
    .filter((settlement) => !isPlain(settlement))
    .flatMap(({ chained = [] }, n): PackedChain[] =>
      chained.length === 0 ? [] : [[n, packInsert({ tasks: chained })]],
    )
}
