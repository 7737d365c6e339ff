import type {
  FunctionStorage,
  RecoverInput,
  StoredTask,
  TaskStorage,
  TurnInput,
  TurnResult,
} from '@taskflow/core'
import { type ClaimMoment, ClaimReferee } from './claim-referee.ts'
import { LateReferee } from './late-referee.ts'
import type { Ledger } from './ledger.ts'
import { ScheduleReferee } from './schedule-referee.ts'
import type { VirtualTime } from './virtual-time.ts'

/** Nobody is buried who beat within this time: two beats. */
const STILL_MS = 6_000

/** What a referee is given of a world. */
export interface RefereeOptions {
  /** What is stored. */
  memory: TaskStorage
  time: VirtualTime
  ledger: Ledger
  /** The storage's clock, epoch ms. */
  now: () => number
}

/** What the referee remembers of a task. */
interface Seen {
  status: StoredTask['status']
  fence: number
}

/**
 * Stands between processes and the storage and watches each call, by rules of its own and by reading
 * the memory behind it. What breaks a promise is a violation, with the time at which it was seen.
 */
export class Referee {
  readonly violations: string[] = []
  readonly schedules: ScheduleReferee
  readonly late: LateReferee
  readonly claims: ClaimReferee
  readonly #memory: TaskStorage
  readonly #time: VirtualTime
  readonly #seen = new Map<string, Seen>()
  readonly #beats = new Map<string, number>()
  readonly #keys = new Map<string, string>()
  /** Functions that are paused. */
  readonly #paused = new Set<string>()
  #cursor = ''

  constructor({ memory, time, ledger, now }: RefereeOptions) {
    const violated = (what: string) => this.violated(what)
    this.#memory = memory
    this.#time = time
    this.schedules = new ScheduleReferee(memory.schedules, violated)
    this.late = new LateReferee(memory, ledger, violated)
    this.claims = new ClaimReferee({ memory, ledger, now, violated })
  }

  violated(what: string): void {
    if (this.violations.length < 20)
      this.violations.push(`${Math.round(this.#time.now)} ms: ${what}`)
  }

  /** The storage under watch. */
  watch(storage: TaskStorage): TaskStorage {
    const after = async <Output>(doing: Promise<Output>): Promise<Output> => {
      const output = await doing
      await this.#look()
      return output
    }
    const { logs, functions, schedules, instances } = storage
    return {
      name: storage.name,
      open: () => storage.open(),
      close: () => storage.close(),
      owned: (input) => storage.owned(input),
      get: (input) => storage.get(input),
      list: (input) => storage.list(input),
      metrics: (input) => storage.metrics(input),
      prune: (input) => storage.prune(input),
      insert: (input) => after(this.#insert(storage, input)),
      turn: (input) => after(this.#turn(storage, input)),
      beat: (input) => this.#beat(storage, input),
      recover: (input) => after(this.#recover(storage, input)),
      reschedule: (input) => {
        this.claims.rescheduling(input.tasks.map(({ taskId }) => taskId))
        return after(storage.reschedule(input))
      },
      cancel: (input) => after(storage.cancel(input)),
      ...(logs && { logs }),
      ...(functions && { functions: this.#watchFunctions(functions) }),
      ...(instances && { instances }),
      ...(schedules && { schedules: this.schedules.watch(schedules) }),
    }
  }

  #watchFunctions(functions: FunctionStorage): FunctionStorage {
    return {
      paused: () => functions.paused(),
      setPaused: async (input) => {
        // Until it is answered, some may still be claimed.
        for (const funcName of input.funcNames) if (!input.paused) this.#paused.delete(funcName)
        const results = await functions.setPaused(input)
        for (const funcName of input.funcNames) if (input.paused) this.#paused.add(funcName)
        return results
      },
    }
  }

  async #insert(storage: TaskStorage, input: Parameters<TaskStorage['insert']>[0]) {
    const keyOf = (n: number) => {
      const task = input.tasks[n]
      return task?.idempotencyKey == null ? null : `${task.funcName} ${task.idempotencyKey}`
    }
    const held = input.tasks.flatMap((_, n) => this.#keys.get(keyOf(n) ?? '') ?? [])
    const holders = this.#memory.get({ taskIds: held })
    this.claims.inserting(input.tasks)
    const results = await storage.insert(input)
    const before = new Map((await holders).map((task) => [task?.taskId, task?.status]))
    results.forEach(({ taskId, duplicate, unknownParent }, n) => {
      const key = keyOf(n)
      if (key === null || duplicate || unknownParent !== undefined) return
      const holder = this.#keys.get(key)
      const status = holder === undefined ? undefined : before.get(holder)
      if (status === 'pending' || status === 'running' || status === 'success') {
        this.violated(`key ${key}: ${taskId} was stored beside ${holder}, which is ${status}`)
      }
      this.#keys.set(key, taskId)
    })
    return results
  }

  async #turn(storage: TaskStorage, input: TurnInput): Promise<TurnResult> {
    const taskIds = input.settle.map(({ taskId }) => taskId)
    const moment: ClaimMoment = {
      hasLease: this.#beats.has(input.instanceId),
      paused: new Set(this.#paused),
    }
    const owned = this.#memory.get({ taskIds })
    const result = await storage.turn(input)
    const before = await owned
    input.settle.forEach(({ taskId, fence, outcome }, n) => {
      if (result.settled[n]?.result !== 'settled') return
      const was = before[n]
      // One batch may settle a task once only.
      if (was?.status === 'running' && was.instance === input.instanceId && was.fence === fence) {
        return
      }
      const now = `${was?.status}, fence ${was?.fence}, of ${was?.instance}`
      this.violated(`${outcome.type} of ${taskId} counted with fence ${fence}: it was ${now}`)
    })
    await this.late.settled(input.settle, result.settled)
    await this.claims.claimed(input, result.claimed, moment)
    return result
  }

  async #beat(storage: TaskStorage, input: Parameters<TaskStorage['beat']>[0]) {
    const result = await storage.beat(input)
    const { instanceId } = input.instance
    if (input.leaving || !result.alive) this.#beats.delete(instanceId)
    else this.#beats.set(instanceId, this.#time.now)
    return result
  }

  async #recover(storage: TaskStorage, input: RecoverInput) {
    const had = this.#memory.instances?.list()
    const freed = await storage.recover(input)
    if (input.dead.length === 0) return freed
    const left = new Set((await this.#memory.instances?.list())?.map((one) => one.instanceId))
    for (const { instanceId } of (await had) ?? []) {
      if (left.has(instanceId) || !input.dead.some((dead) => dead.instanceId === instanceId))
        continue
      const stillMs = this.#time.now - (this.#beats.get(instanceId) ?? 0)
      if (stillMs < STILL_MS) this.violated(`${instanceId} was buried ${stillMs} ms after a beat`)
      this.#beats.delete(instanceId)
    }
    return freed
  }

  /** Compares what has changed with what it was. */
  async #look(): Promise<void> {
    const feed = this.#memory.changes
    if (!feed) return
    if (this.#cursor === '') this.#cursor = (await feed.head()).replace(/\.\d+$/, '.0')
    const { cursor, taskIds } = await feed.since({ cursor: this.#cursor, limit: 1_000 })
    this.#cursor = cursor
    for (const task of await this.#memory.get({ taskIds })) if (task) this.#compare(task)
  }

  #compare(task: StoredTask): void {
    const { taskId, funcName, status, fence, attemptsMade, maxAttempts } = task
    const was = this.#seen.get(taskId)
    const name = `${funcName} ${taskId}`
    if (was && fence < was.fence) this.violated(`${name}: fence fell from ${was.fence} to ${fence}`)
    if (was && isEnd(was.status) && status !== was.status) {
      this.violated(`${name}: was ${was.status} for good and is ${status}`)
    }
    if (attemptsMade < 0 || attemptsMade > maxAttempts) {
      this.violated(`${name}: ${attemptsMade} attempts made of ${maxAttempts}`)
    }
    this.#seen.set(taskId, { status, fence })
  }
}

const isEnd = (status: Seen['status']) => status !== 'pending' && status !== 'running'
