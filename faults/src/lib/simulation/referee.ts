import type { RecoverInput, StoredTask, TaskStorage, TurnInput, TurnResult } from '@taskflow/core'
import type { Ledger } from './ledger.ts'
import type { VirtualTime } from './virtual-time.ts'

/** Nobody is buried who beat within this time: two beats. */
const STILL_MS = 6_000
const LIMIT = 2

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
  readonly #memory: TaskStorage
  readonly #time: VirtualTime
  readonly #ledger: Ledger
  readonly #seen = new Map<string, Seen>()
  readonly #beats = new Map<string, number>()
  readonly #ticks = new Set<string>()
  readonly #keys = new Map<string, string>()
  /** Tasks that run whatever became of their parents. */
  readonly #anyway = new Set<string>()
  #cursor = ''

  constructor(memory: TaskStorage, time: VirtualTime, ledger: Ledger) {
    this.#memory = memory
    this.#time = time
    this.#ledger = ledger
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
      reschedule: (input) => after(storage.reschedule(input)),
      cancel: (input) => after(storage.cancel(input)),
      ...(logs && { logs }),
      ...(functions && { functions }),
      ...(instances && { instances }),
      ...(schedules && {
        schedules: {
          declare: (input) => schedules.declare(input),
          list: (input) => schedules.list(input),
          change: (input) => schedules.change(input),
          ticks: (input) => schedules.ticks(input),
          fire: async (input) => {
            const results = await after(schedules.fire(input))
            input.ticks.forEach(({ outcome, revision }, n) => {
              const { scheduleId, dueAt, result } = results[n] ?? {}
              if (result === 'taken' || outcome === 'manual') return
              const tick = `${scheduleId} ${revision} ${dueAt}`
              if (this.#ticks.has(tick)) this.violated(`tick ${tick} was written down twice`)
              this.#ticks.add(tick)
            })
            return results
          },
        },
      }),
    }
  }

  async #insert(storage: TaskStorage, input: Parameters<TaskStorage['insert']>[0]) {
    const keyOf = (n: number) => {
      const task = input.tasks[n]
      return task?.idempotencyKey == null ? null : `${task.funcName} ${task.idempotencyKey}`
    }
    const held = input.tasks.flatMap((_, n) => this.#keys.get(keyOf(n) ?? '') ?? [])
    const holders = this.#memory.get({ taskIds: held })
    for (const { taskId, onParentFailure } of input.tasks) {
      if (onParentFailure === 'run') this.#anyway.add(taskId)
    }
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
    const lease = this.#beats.has(input.instanceId)
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
    if (result.claimed.length > 0) await this.#claimed(input, result, lease)
    return result
  }

  async #claimed(input: TurnInput, { claimed }: TurnResult, lease: boolean): Promise<void> {
    if (!lease) this.violated(`${input.instanceId} claimed without a lease`)
    for (const { taskId, fence, funcName, dependsOn } of claimed) {
      if (!this.#ledger.claim(taskId, fence)) {
        this.violated(`${taskId} was claimed twice with fence ${fence}`)
      }
      if (dependsOn.length > 0) await this.#checkParents(taskId, dependsOn)
      if (funcName !== 'limited') continue
      const filter = { funcName: ['limited'], status: ['running' as const] }
      const { tasks } = await this.#memory.list({ filter, limit: LIMIT + 1 })
      if (tasks.length > LIMIT) this.violated(`more than ${LIMIT} of limited run at once`)
    }
  }

  async #checkParents(taskId: string, dependsOn: string[]): Promise<void> {
    const parents = await this.#memory.get({ taskIds: dependsOn })
    const any = this.#anyway.has(taskId)
    for (const parent of parents) {
      const ended = parent?.endTime !== null && (any || parent?.status === 'success')
      if (!ended) this.violated(`${taskId} was claimed before ${parent?.taskId} had ended`)
    }
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
