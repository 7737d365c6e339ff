import type {
  BeatInput,
  BeatResult,
  CancelResult,
  ChangeResult,
  InsertResult,
  ListInput,
  ListResult,
  LogBatch,
  LogPage,
  LogQuery,
  MetricsQuery,
  NewTask,
  OwnedTask,
  RecoveredTask,
  RecoverInput,
  SettleResult,
  StoredTask,
  TaskMetrics,
  TaskStorage,
  TurnInput,
  TurnResult,
} from '../contract.ts'
import { cancelRow } from './cancel.ts'
import { MemoryChanges } from './changes.ts'
import { MemoryInstances } from './instances.ts'
import { listRows, lowerBound } from './list.ts'
import { appendLogs, readLogs } from './logs.ts'
import { metricsOf } from './metrics.ts'
import { PendingQueue } from './queue.ts'
import { recoverRow } from './recover.ts'
import { newRow, phaseOf, type Row, toClaimed, toStored } from './row.ts'
import { settleRow } from './settle.ts'
import { Statistics } from './statistics.ts'

const RECOVER_AT_ONCE = 1000

/**
 * The storage that forgets: everything lives in this process and ends with it. For tests,
 * development, and as the reference of what a storage does.
 */
export function memoryStorage(options: { now?: () => number } = {}): TaskStorage {
  return new MemoryStorage(options.now ?? Date.now)
}

class MemoryStorage implements TaskStorage {
  readonly name = 'memory'
  readonly changes = new MemoryChanges()
  readonly instances: MemoryInstances
  readonly logs = {
    append: async (input: { instanceId: string; batches: LogBatch[] }) => this.#appendLogs(input),
    read: async (query: LogQuery): Promise<LogPage> =>
      readLogs(this.#rows.get(query.taskId)?.logs ?? [], query),
  }

  readonly #clock: () => number
  readonly #rows = new Map<string, Row>()
  /** All rows by id, which is by time of creation. */
  #ordered: Row[] = []
  readonly #live = new Set<Row>()
  readonly #running = new Set<Row>()
  readonly #pending = new PendingQueue()
  /** Holder of each idempotency key. */
  readonly #keys = new Map<string, Row>()
  readonly #retries = new Map<string, Row[]>()
  readonly #statistics = new Statistics()

  constructor(clock: () => number) {
    this.#clock = clock
    this.instances = new MemoryInstances(clock)
  }

  async open(): Promise<void> {}

  async close(): Promise<void> {}

  async insert(input: { tasks: NewTask[]; now?: number | undefined }): Promise<InsertResult[]> {
    const now = input.now ?? this.#clock()
    const added: Row[] = []
    const results = input.tasks.map((task) => {
      const standing = this.#standing(task)
      if (standing) return { taskId: standing.taskId, duplicate: true }
      const row = newRow(task, now)
      this.#add(row)
      added.push(row)
      return { taskId: task.taskId, duplicate: false }
    })
    this.#changed(added, now)
    return results
  }

  async turn(input: TurnInput): Promise<TurnResult> {
    const now = input.now ?? this.#clock()
    const touched: Row[] = []
    const settled = input.settle.map((settlement): SettleResult => {
      const row = this.#ownedRow(settlement.taskId, input.instanceId, settlement.fence)
      if (!row) return { taskId: settlement.taskId, result: 'stale' }
      settleRow(row, settlement, now)
      this.#moved(row)
      touched.push(row)
      return { taskId: row.taskId, result: 'settled', status: row.status }
    })
    const claimed = input.claim ? this.#claim(input.instanceId, input.claim, now) : []
    this.#changed([...touched, ...claimed], now)
    return {
      settled,
      claimed: claimed.map(toClaimed),
      cancels: this.#cancels(input.instanceId),
      nextRunAt: input.claim ? this.#pending.nextRunAt(input.claim.funcNames, now) : null,
      now,
    }
  }

  async beat(input: BeatInput): Promise<BeatResult> {
    const now = input.now ?? this.#clock()
    const id = input.instance.instanceId
    return {
      alive: this.instances.renew(input, now),
      others: this.instances.others(id, now),
      cancels: this.#cancels(id),
      owned: this.#ownedBy(id).length,
      nextRunAt: this.#pending.nextRunAt(this.instances.functionsOf(id), now),
      now,
    }
  }

  async owned(input: { instanceId: string }): Promise<OwnedTask[]> {
    return this.#ownedBy(input.instanceId)
      .map(toOwned)
      .sort((a, b) => (a.taskId < b.taskId ? -1 : 1))
  }

  async recover(input: RecoverInput): Promise<RecoveredTask[]> {
    const now = input.now ?? this.#clock()
    for (const { instanceId, beat } of input.dead) this.instances.bury(instanceId, beat)
    const orphans = [...this.#running].filter((row) => !this.instances.has(row.instance))
    const freed = orphans.slice(0, RECOVER_AT_ONCE)
    for (const row of freed) {
      recoverRow(row, input, now)
      this.#moved(row)
    }
    this.#changed(freed, now)
    return freed.map(({ taskId, funcName, status }) => ({ taskId, funcName, status }))
  }

  async reschedule(input: {
    tasks: { taskId: string; runAt?: number | undefined }[]
    now?: number | undefined
  }): Promise<ChangeResult[]> {
    const now = input.now ?? this.#clock()
    const touched: Row[] = []
    const results = input.tasks.map(({ taskId, runAt = now }): ChangeResult => {
      const row = this.#rows.get(taskId)
      if (!row) return { taskId, result: 'missing' }
      const phase = phaseOf(row, now)
      if (phase !== 'scheduled' && phase !== 'retrying') return { taskId, result: 'refused' }
      row.runAt = runAt
      this.#pending.add(row)
      touched.push(row)
      return { taskId, result: 'changed' }
    })
    this.#changed(touched, now)
    return results
  }

  async cancel(input: {
    taskIds: string[]
    force?: boolean | undefined
    graceMs?: number | undefined
    now?: number | undefined
  }): Promise<CancelResult[]> {
    const now = input.now ?? this.#clock()
    const touched = new Set<Row>()
    const results = input.taskIds.map((taskId): CancelResult => {
      const row = this.#rows.get(taskId)
      if (!row) return { taskId, result: 'missing', status: null }
      const markedAt = row.cancelRequestedAt
      const result = cancelRow(row, input.force ?? false, input.graceMs ?? 0, now)
      if (result === 'cancelled') this.#moved(row)
      if (result === 'cancelled' || row.cancelRequestedAt !== markedAt) touched.add(row)
      return { taskId, result, status: row.status }
    })
    this.#changed([...touched], now)
    return results
  }

  async get(input: {
    taskIds: string[]
    now?: number | undefined
  }): Promise<(StoredTask | null)[]> {
    const now = input.now ?? this.#clock()
    return input.taskIds.map((id) => {
      const row = this.#rows.get(id)
      return row ? toStored(row, now) : null
    })
  }

  async list(input: ListInput): Promise<ListResult> {
    const { taskIds } = input.filter
    const rows = taskIds
      ? this.#ordered.length <= taskIds.length
        ? this.#ordered
        : [...new Set(taskIds)]
            .flatMap((id) => this.#rows.get(id) ?? [])
            .sort((a, b) => (a.taskId < b.taskId ? -1 : 1))
      : this.#ordered
    return listRows(rows, input, input.now ?? this.#clock())
  }

  async metrics(input: {
    queries: MetricsQuery[]
    now?: number | undefined
  }): Promise<TaskMetrics[]> {
    const now = input.now ?? this.#clock()
    return input.queries.map((query) => metricsOf(query, this.#live, this.#statistics, now))
  }

  async prune(input: {
    endedBefore: number
    limit: number
    dryRun?: boolean | undefined
  }): Promise<{ deleted: number }> {
    const old = this.#ordered
      .filter((row) => row.endTime !== null && row.endTime < input.endedBefore)
      .sort((a, b) => (a.endTime ?? 0) - (b.endTime ?? 0))
    if (input.dryRun) return { deleted: old.length }
    const gone = new Set(old.slice(0, input.limit))
    if (gone.size === 0) return { deleted: 0 }
    for (const row of gone) this.#forget(row)
    this.#ordered = this.#ordered.filter((row) => !gone.has(row))
    this.#statistics.recount(this.#ordered.filter((row) => row.endTime !== null))
    this.changes.record(
      [...gone].map(({ taskId }) => taskId),
      this.#clock(),
    )
    return { deleted: gone.size }
  }

  async #appendLogs(input: { instanceId: string; batches: LogBatch[] }) {
    const touched: Row[] = []
    const results = input.batches.map(({ taskId, fence, entries, progress }) => {
      const row = this.#ownedRow(taskId, input.instanceId, fence)
      if (!row) return { taskId, result: 'stale' as const }
      appendLogs(row, entries)
      if (progress) row.progress = progress
      touched.push(row)
      return { taskId, result: 'appended' as const }
    })
    this.#changed(touched, this.#clock())
    return results
  }

  /** The task that stands where a new one would be a duplicate. */
  #standing(task: NewTask): Row | undefined {
    const same = this.#rows.get(task.taskId)
    if (same) return same
    if (task.idempotencyKey !== null) {
      const holder = this.#keys.get(keyOf(task.funcName, task.idempotencyKey))
      if (holder && holdsItsPlace(holder)) return holder
    }
    if (task.retryOf === null) return undefined
    return this.#retries
      .get(task.retryOf)
      ?.find((retry) => holdsItsPlace(retry) && retry.payload === task.payload)
  }

  #add(row: Row): void {
    this.#rows.set(row.taskId, row)
    const newest = this.#ordered.at(-1)
    if (!newest || newest.taskId < row.taskId) this.#ordered.push(row)
    else this.#ordered.splice(lowerBound(this.#ordered, row.taskId), 0, row)
    this.#live.add(row)
    this.#pending.add(row)
    if (row.idempotencyKey !== null) this.#keys.set(keyOf(row.funcName, row.idempotencyKey), row)
    if (row.retryOf !== null) {
      this.#retries.set(row.retryOf, [...(this.#retries.get(row.retryOf) ?? []), row])
    }
  }

  #claim(instanceId: string, claim: { limit: number; funcNames: string[] }, now: number): Row[] {
    const claimed: Row[] = []
    if (!this.instances.live(instanceId, now)) return claimed
    while (claimed.length < claim.limit) {
      const row = this.#pending.take(claim.funcNames, now)
      if (!row) break
      row.status = 'running'
      row.instance = instanceId
      row.fence++
      row.attempt = row.attemptsMade++
      row.claimedAt = now
      row.startTime = now
      row.progress = null
      this.#running.add(row)
      claimed.push(row)
    }
    return claimed
  }

  #ownedRow(taskId: string, instanceId: string, fence: number): Row | null {
    const row = this.#rows.get(taskId)
    const mine = row?.status === 'running' && row.instance === instanceId && row.fence === fence
    return mine ? row : null
  }

  #ownedBy(instanceId: string): Row[] {
    return [...this.#running].filter((row) => row.instance === instanceId)
  }

  #cancels(instanceId: string): OwnedTask[] {
    const requested: OwnedTask[] = []
    for (const row of this.#running) {
      if (row.cancelRequestedAt !== null && row.instance === instanceId) {
        requested.push(toOwned(row))
      }
    }
    return requested
  }

  /** Files a row that left its state: back into the queue, or to the finished ones. */
  #moved(row: Row): void {
    if (row.status !== 'running') this.#running.delete(row)
    if (row.status === 'pending') this.#pending.add(row)
    if (row.endTime === null) return
    this.#live.delete(row)
    this.#statistics.ended(row)
  }

  #forget(row: Row): void {
    this.#rows.delete(row.taskId)
    this.#retries.delete(row.taskId)
    if (row.idempotencyKey === null) return
    const key = keyOf(row.funcName, row.idempotencyKey)
    if (this.#keys.get(key) === row) this.#keys.delete(key)
  }

  #changed(rows: Row[], now: number): void {
    for (const row of rows) row.rev++
    this.changes.record(
      rows.map(({ taskId }) => taskId),
      now,
    )
  }
}

const keyOf = (funcName: string, key: string) => `${funcName}\u0000${key}`

/** Failed, interrupted and cancelled tasks give their key and their place as a retry free. */
const holdsItsPlace = ({ status }: Row) =>
  status === 'pending' || status === 'running' || status === 'success'

const toOwned = ({ taskId, fence }: Row): OwnedTask => ({ taskId, fence })
