import assert from 'node:assert/strict'
import type {
  BeatInput,
  BeatResult,
  ChangeFeed,
  ClaimedTask,
  ClaimInput,
  InsertResult,
  InstanceDirectory,
  LogStorage,
  NewLogEntry,
  NewTask,
  RecoveredTask,
  RecoverInput,
  Settlement,
  SettlementOutcome,
  SettleResult,
  StoredTask,
  TaskMetrics,
  TaskStorage,
  TurnResult,
} from '../../storage/contract.ts'
import type {
  AuditStorage,
  FunctionStorage,
  ScheduleStorage,
  SeriesStorage,
  SessionStorage,
} from '../../storage/parts.ts'
import { buildNewTask, buildSettlement } from '../builders.ts'
import type { StorageFixture, StoragePart } from './harness.ts'

/** The first instant of every case: a full hour. Cases pass `now` and never wait. */
export const T0 = 1_800_000_000_000
export const SECOND = 1_000
export const MINUTE = 60_000
export const HOUR = 3_600_000

/** A task id that sorts by its number, as ids made later sort after earlier ones. */
export function idOf(n: number): string {
  return `01900000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
}

/** A log line. */
export function line(text: string, more: Partial<NewLogEntry> = {}): NewLogEntry {
  return { at: T0, stream: 'log', level: 'info', attempt: 0, text, ...more }
}

/** The storage of one case, with shorthands for what cases do all the time. */
export class Bench {
  readonly #fixture: StorageFixture
  storage: TaskStorage
  #ids = 0

  constructor(fixture: StorageFixture) {
    this.#fixture = fixture
    this.storage = fixture.storage
  }

  /** A task with nothing special about it; its id is above all ids before. */
  task(more: Partial<NewTask> = {}): NewTask {
    this.#ids += 1
    return buildNewTask({ taskId: idOf(this.#ids), funcName: 'work', maxAttempts: 4, ...more })
  }

  /** Inserts one task and returns its id. */
  async add(more: Partial<NewTask> = {}, now = T0): Promise<string> {
    const task = this.task(more)
    await this.insert([task], now)
    return task.taskId
  }

  insert(tasks: NewTask[], now = T0): Promise<InsertResult[]> {
    return this.storage.insert({ tasks, now })
  }

  /** Joins an instance; its lease lasts 15 s. */
  join(instanceId: string, now = T0, storage = this.storage): Promise<BeatResult> {
    return this.beat(instanceId, 0, now, {}, storage)
  }

  beat(
    instanceId: string,
    beat: number,
    now = T0,
    more: Partial<BeatInput> & { funcNames?: string[] } = {},
    storage = this.storage,
  ): Promise<BeatResult> {
    const { funcNames, ...input } = more
    return storage.beat({
      ...this.beatInput(instanceId, beat, funcNames),
      now,
      ...input,
    })
  }

  /** What an instance beats with. */
  beatInput(instanceId: string, beat: number, funcNames = ['work']): BeatInput {
    return {
      instance: {
        instanceId,
        host: 'host',
        pid: 1,
        version: '1.2.3',
        functions: funcNames.map((funcName) => ({
          funcName,
          group: null,
          executor: 'async',
          retries: 3,
          delayMs: 0,
          backoff: 1,
          maxDelayMs: 86_400_000,
          jitter: 0,
          timeoutMs: null,
          priority: null,
          requeueOnInterrupt: false,
          eager: false,
          concurrency: null,
          rateLimit: null,
          retentionMs: null,
          after: ['upstream'],
        })),
      },
      beat,
      leaseMs: 15 * SECOND,
      running: 0,
      state: 'running',
    }
  }

  turn(
    instanceId: string,
    input: Partial<ClaimInput> & { settle?: Settlement[] },
    now = T0,
    storage = this.storage,
  ): Promise<TurnResult> {
    const { settle = [], ...claim } = input
    return storage.turn({
      instanceId,
      settle,
      claim: { limit: 100, funcNames: ['work'], ...claim },
      now,
    })
  }

  async claim(
    instanceId: string,
    now = T0,
    more: Partial<ClaimInput> = {},
    storage = this.storage,
  ): Promise<ClaimedTask[]> {
    return (await this.turn(instanceId, more, now, storage)).claimed
  }

  /** Joins, claims and returns the one task that is due. */
  async start(instanceId: string, now = T0): Promise<ClaimedTask> {
    await this.join(instanceId, now)
    return this.claimOne(instanceId, now)
  }

  async claimOne(instanceId: string, now = T0): Promise<ClaimedTask> {
    const [task, ...more] = await this.claim(instanceId, now)
    assert(task !== undefined, 'a task is due')
    assert.equal(more.length, 0, 'one task is due')
    return task
  }

  settlement(
    task: { taskId: string; fence: number },
    outcome: SettlementOutcome | SettlementOutcome['type'],
    more: Partial<Settlement> = {},
  ): Settlement {
    const { taskId, fence } = task
    return buildSettlement({ taskId, fence, outcome: toOutcome(outcome), ...more })
  }

  /** Settles one task and claims nothing. */
  async settle(
    instanceId: string,
    task: { taskId: string; fence: number },
    outcome: SettlementOutcome | SettlementOutcome['type'],
    now = T0,
    more: Partial<Settlement> = {},
    storage = this.storage,
  ): Promise<SettleResult> {
    const settle = [this.settlement(task, outcome, more)]
    const { settled } = await storage.turn({ instanceId, settle, claim: null, now })
    assert.equal(settled.length, 1)
    return settled[0] as SettleResult
  }

  /** Adds a task and ends it: started at `now`, over `durationMs` later. */
  async ended(
    outcome: SettlementOutcome | SettlementOutcome['type'],
    now = T0,
    more: Partial<NewTask> = {},
    durationMs = 10,
  ): Promise<string> {
    const funcName = more.funcName ?? 'work'
    const id = await this.add(more, now)
    const instanceId = `instance-of-${id}`
    await this.join(instanceId, now)
    const [task] = await this.claim(instanceId, now, { limit: 1, funcNames: [funcName] })
    assert.equal(task?.taskId, id, 'nothing else is due')
    assert(task !== undefined)
    await this.settle(instanceId, task, outcome, now + durationMs, { durationMs })
    await this.beat(instanceId, 1, now + durationMs, { leaving: true })
    return id
  }

  /** Claims all that is due in the name of `worker`, and ends it so; the ids. */
  async run(
    outcome: SettlementOutcome | SettlementOutcome['type'] = 'success',
    now = T0,
    more: Partial<ClaimInput> = {},
  ): Promise<string[]> {
    await this.join('worker', now)
    const claimed = await this.claim('worker', now, { limit: 1000, ...more })
    const settle = claimed.map((task) => this.settlement(task, outcome))
    await this.storage.turn({ instanceId: 'worker', settle, claim: null, now })
    return claimed.map(({ taskId }) => taskId)
  }

  recover(
    dead: RecoverInput['dead'],
    now = T0,
    more: Partial<RecoverInput> = {},
  ): Promise<RecoveredTask[]> {
    return this.storage.recover({ dead, maxCrashes: 3, crashDelayMs: 30 * SECOND, now, ...more })
  }

  async find(taskId: string, now = T0): Promise<StoredTask | null> {
    const [task] = await this.storage.get({ taskIds: [taskId], now })
    return task ?? null
  }

  async get(taskId: string, now = T0): Promise<StoredTask> {
    const task = await this.find(taskId, now)
    assert(task !== null, 'the task exists')
    return task
  }

  async metrics(query: { funcName?: string; since?: number } = {}, now = T0): Promise<TaskMetrics> {
    const [metrics] = await this.storage.metrics({ queries: [query], now })
    assert(metrics !== undefined)
    return metrics
  }

  get logs(): LogStorage {
    return partOf(this.storage, 'logs')
  }

  get changes(): ChangeFeed {
    return partOf(this.storage, 'changes')
  }

  get instances(): InstanceDirectory {
    return partOf(this.storage, 'instances')
  }

  get functions(): FunctionStorage {
    return partOf(this.storage, 'functions')
  }

  get series(): SeriesStorage {
    return partOf(this.storage, 'series')
  }

  get schedules(): ScheduleStorage {
    return partOf(this.storage, 'schedules')
  }

  get audit(): AuditStorage {
    return partOf(this.storage, 'audit')
  }

  get sessions(): SessionStorage {
    return partOf(this.storage, 'sessions')
  }

  /** Another connection to the same data. */
  async second(): Promise<TaskStorage> {
    assert(this.#fixture.second, `a 'shared' storage has fixtures with second()`)
    const storage = await this.#fixture.second()
    await storage.open()
    return storage
  }

  /** Goes on with a new connection to the same data. */
  async reopen(): Promise<void> {
    assert(this.#fixture.reopen, `a 'durable' storage has fixtures with reopen()`)
    await this.storage.close()
    this.storage = await this.#fixture.reopen()
    await this.storage.open()
  }

  dispose(): Promise<void> {
    return this.#fixture.dispose()
  }
}

/** A part of a storage that is there. */
export function partOf<Name extends StoragePart>(
  storage: TaskStorage,
  name: Name,
): NonNullable<TaskStorage[Name]> {
  const part = storage[name]
  assert(part, `the storage has ${name}`)
  return part
}

function toOutcome(outcome: SettlementOutcome | SettlementOutcome['type']): SettlementOutcome {
  if (typeof outcome !== 'string') return outcome
  if (outcome === 'retry' || outcome === 'failed') return { type: outcome, cause: 'error' }
  return { type: outcome }
}
