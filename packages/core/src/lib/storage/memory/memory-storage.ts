import { checkOptionNames } from '../../option-names.ts'
import type {
  BeatInput,
  BeatResult,
  CancelResult,
  ChangeResult,
  InsertInput,
  InsertResult,
  ListInput,
  ListResult,
  LogBatch,
  LogPage,
  LogQuery,
  MetricsQuery,
  OwnedTask,
  RecoveredTask,
  RecoverInput,
  Settlement,
  SettleResult,
  StoredTask,
  TaskMetrics,
  TaskStorage,
  TurnInput,
  TurnResult,
} from '../contract.ts'
import { MemoryAudit } from './audit.ts'
import { cancelRow } from './cancel.ts'
import { MemoryChanges } from './changes.ts'
import { claimRows, nextRunAt } from './claim.ts'
import { MemoryFunctions } from './functions.ts'
import { insertTasks } from './insert.ts'
import { MemoryInstances } from './instances.ts'
import { noteLate } from './late.ts'
import { listRows } from './list.ts'
import { appendLogs, readLogs } from './logs.ts'
import { metricsOf } from './metrics.ts'
import { Rates } from './rates.ts'
import { recoverRow } from './recover.ts'
import { phaseOf, type Row, toClaimed, toStored } from './row.ts'
import { MemorySchedules } from './schedules.ts'
import { MemorySeries } from './series.ts'
import { MemorySessions } from './sessions.ts'
import { settleRow } from './settle.ts'
import { TaskTable } from './task-table.ts'

const RECOVER_AT_ONCE = 1000
/** After so many claimed tasks the event loop turns. */
const CLAIMS_IN_A_ROW = 1000
// As it is before somebody's tests fake it.
const nextTurn = globalThis.setImmediate

/**
 * The storage that forgets: everything lives in this process and ends with it. For tests,
 * development, and as the reference of what a storage does. `now` replaces the clock, for tests.
 *
 * @throws TaskflowError `configuration` for another option.
 */
export function memoryStorage(options: { now?: () => number } = {}): TaskStorage {
  checkOptionNames(options, { now: true }, { where: 'memoryStorage', code: 'configuration' })
  return new MemoryStorage(options.now ?? Date.now)
}

/** What `memoryStorage` makes; for those that change a part of it. */
export class MemoryStorage implements TaskStorage {
  readonly name = 'memory'
  readonly inOrder: true | undefined = true
  readonly changes = new MemoryChanges()
  readonly instances: MemoryInstances
  readonly functions: MemoryFunctions
  readonly series: MemorySeries
  readonly schedules: MemorySchedules
  readonly audit: MemoryAudit
  readonly sessions: MemorySessions
  readonly logs = {
    append: async (input: { instanceId: string; batches: LogBatch[] }) => this.#appendLogs(input),
    read: async (query: LogQuery): Promise<LogPage> =>
      readLogs(this.#table.get(query.taskId)?.logs ?? [], query),
  }

  readonly #clock: () => number
  readonly #table = new TaskTable()
  readonly #rates = new Rates()
  #inARow = 0

  constructor(clock: () => number) {
    this.#clock = clock
    this.instances = new MemoryInstances(clock)
    this.functions = new MemoryFunctions(clock)
    this.series = new MemorySeries(this.#table.statistics)
    this.audit = new MemoryAudit(clock)
    this.sessions = new MemorySessions(clock)
    this.schedules = new MemorySchedules(
      {
        store: (tasks, now) => this.#insert({ tasks }, now).map(({ taskId }) => taskId),
        statusOf: (taskId) => this.#table.get(taskId)?.status ?? null,
        live: (scheduleId) => this.#table.ofSchedule(scheduleId),
      },
      clock,
    )
  }

  async open(): Promise<void> {}

  async close(): Promise<void> {}

  async insert(input: InsertInput): Promise<InsertResult[]> {
    return this.#insert(input, input.now ?? this.#clock())
  }

  async turn(input: TurnInput): Promise<TurnResult> {
    const now = input.now ?? this.#clock()
    const touched = new Set<Row>()
    let released = false
    const settled = input.settle.map((settlement): SettleResult => {
      const { taskId, fence } = settlement
      const row = this.#table.owned(taskId, input.instanceId, fence)
      if (!row) return this.#settleLate(settlement)
      settleRow(row, settlement, now)
      released = this.#table.moved(row, now, touched) || released
      const { chained = [] } = settlement
      if (row.status === 'success' && chained.length > 0) {
        insertTasks(this.#table, chained, now, touched)
        released = true
      }
      return { taskId, result: 'settled', status: row.status }
    })
    const claim = input.claim && this.#claim(input.instanceId, input.claim, now)
    for (const row of claim?.claimed ?? []) touched.add(row)
    this.#changed(touched, now)
    const result: TurnResult = {
      settled,
      claimed: claim?.claimed.map(toClaimed) ?? [],
      released,
      cancels: this.#table.running.cancels(input.instanceId),
      nextRunAt: claim?.nextRunAt ?? null,
      now,
    }
    this.#inARow += result.claimed.length
    if (this.#inARow >= CLAIMS_IN_A_ROW) {
      this.#inARow = 0
      // Tasks that wait for nothing would be drained in one go, while nobody else's turn comes.
      await new Promise((resolve) => nextTurn(resolve))
    }
    return result
  }

  async beat(input: BeatInput): Promise<BeatResult> {
    const now = input.now ?? this.#clock()
    const id = input.instance.instanceId
    const alive = this.instances.renew(input, now)
    const funcNames = input.instance.functions.map(({ funcName }) => funcName)
    return {
      alive,
      others: this.instances.others(id, now),
      cancels: this.#table.running.cancels(id),
      owned: this.#table.running.ownedBy(id).length,
      nextRunAt: nextRunAt(this.#table, this.functions, funcNames, now),
      schedulesVersion: this.schedules.version,
      now,
    }
  }

  async owned(input: { instanceId: string }): Promise<OwnedTask[]> {
    return this.#table.running
      .ownedBy(input.instanceId)
      .sort((a, b) => (a.taskId < b.taskId ? -1 : 1))
  }

  async recover(input: RecoverInput): Promise<RecoveredTask[]> {
    const now = input.now ?? this.#clock()
    for (const { instanceId, beat } of input.dead) this.instances.bury(instanceId, beat)
    const touched = new Set<Row>()
    const freed = this.#table.running.orphans((id) => this.instances.has(id), RECOVER_AT_ONCE)
    for (const row of freed) {
      recoverRow(row, input, now)
      this.#table.moved(row, now, touched)
    }
    this.#changed(touched, now)
    return freed.map(({ taskId, funcName, status }) => ({ taskId, funcName, status }))
  }

  async reschedule(input: {
    tasks: { taskId: string; runAt?: number | undefined }[]
    now?: number | undefined
  }): Promise<ChangeResult[]> {
    const now = input.now ?? this.#clock()
    const touched = new Set<Row>()
    const results = input.tasks.map(({ taskId, runAt = now }): ChangeResult => {
      const row = this.#table.get(taskId)
      if (!row) return { taskId, result: 'missing' }
      const phase = phaseOf(row, now)
      if (phase !== 'scheduled' && phase !== 'retrying') return { taskId, result: 'refused' }
      row.runAt = runAt
      this.#table.pending.add(row)
      touched.add(row)
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
    const ended: Row[] = []
    const results = input.taskIds.map((taskId): CancelResult => {
      const row = this.#table.get(taskId)
      if (!row) return { taskId, result: 'missing', status: null }
      const markedAt = row.cancelRequestedAt
      const result = cancelRow(row, input.force ?? false, input.graceMs ?? 0, now)
      if (result === 'cancelled') ended.push(row)
      else if (row.cancelRequestedAt !== markedAt) touched.add(row)
      return { taskId, result, status: row.status }
    })
    for (const row of ended) this.#table.moved(row, now, touched)
    this.#changed(touched, now)
    return results
  }

  async get(input: {
    taskIds: string[]
    now?: number | undefined
  }): Promise<(StoredTask | null)[]> {
    const now = input.now ?? this.#clock()
    return input.taskIds.map((id) => {
      const row = this.#table.get(id)
      return row ? toStored(row, now) : null
    })
  }

  async list(input: ListInput): Promise<ListResult> {
    const { taskIds } = input.filter
    const { ordered } = this.#table
    const rows =
      taskIds && taskIds.length < ordered.length
        ? [...new Set(taskIds)]
            .flatMap((id) => this.#table.get(id) ?? [])
            .sort((a, b) => (a.taskId < b.taskId ? -1 : 1))
        : ordered
    return listRows(rows, input, input.now ?? this.#clock())
  }

  async metrics(input: {
    queries: MetricsQuery[]
    now?: number | undefined
  }): Promise<TaskMetrics[]> {
    const now = input.now ?? this.#clock()
    const { live, statistics } = this.#table
    return input.queries.map((query) => metricsOf(query, live, statistics, now))
  }

  async prune(input: {
    endedBefore: number
    limit: number
    funcNames?: string[] | undefined
    exceptFuncNames?: string[] | undefined
    dryRun?: boolean | undefined
  }): Promise<{ deleted: number }> {
    const { endedBefore, funcNames, exceptFuncNames } = input
    const old = this.#table
      .endedBefore(endedBefore)
      .filter(({ funcName }) => funcNames?.includes(funcName) ?? true)
      .filter(({ funcName }) => !exceptFuncNames?.includes(funcName))
    if (input.dryRun) return { deleted: old.length }
    if (!funcNames && !exceptFuncNames) {
      this.audit.prune(endedBefore)
      this.schedules.prune(endedBefore)
    }
    const gone = old.slice(0, input.limit)
    if (gone.length === 0) return { deleted: 0 }
    this.#table.forget(gone)
    this.changes.record(
      gone.map(({ taskId }) => taskId),
      this.#clock(),
    )
    return { deleted: gone.length }
  }

  #insert(input: InsertInput, now: number): InsertResult[] {
    const touched = new Set<Row>()
    const results = insertTasks(this.#table, input.tasks, now, touched)
    this.#changed(touched, now)
    return results
  }

  #settleLate(settlement: Settlement): SettleResult {
    const row = this.#table.get(settlement.taskId)
    if (row && noteLate(row, settlement)) this.#table.statistics.late(row.funcName)
    return { taskId: settlement.taskId, result: 'stale' }
  }

  #claim(instanceId: string, claim: NonNullable<TurnInput['claim']>, now: number) {
    return claimRows(claim, {
      table: this.#table,
      functions: this.functions,
      rates: this.#rates,
      instanceId,
      mayClaim: this.instances.live(instanceId, now),
      now,
    })
  }

  async #appendLogs(input: { instanceId: string; batches: LogBatch[] }) {
    const touched = new Set<Row>()
    const results = input.batches.map(({ taskId, fence, entries, progress }) => {
      const row = this.#table.owned(taskId, input.instanceId, fence)
      if (!row) return { taskId, result: 'stale' as const }
      appendLogs(row, entries)
      if (progress) row.progress = progress
      if (progress || entries.length > 0) touched.add(row)
      return { taskId, result: 'appended' as const }
    })
    this.#changed(touched, this.#clock())
    return results
  }

  #changed(rows: ReadonlySet<Row>, now: number): void {
    for (const row of rows) row.rev++
    this.changes.record(
      [...rows].map(({ taskId }) => taskId),
      now,
    )
  }
}
