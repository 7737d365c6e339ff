import { asUnavailable, TaskflowError } from '../../errors.ts'
import type { BeatResult, InstanceRecord, NewTask } from '../../storage/contract.ts'
import type { ScheduleStorage, StoredSchedule } from '../../storage/parts.ts'
import type { Task } from '../define-task.ts'
import type { ResolvedOptions } from '../options.ts'
import { Outage } from '../outage.ts'
import {
  declaredByOthers,
  definitionOf,
  isFirst,
  type OwnSchedule,
  takesOver,
} from './declarations.ts'
import { hasEnded, readSchedule, type Schedule } from './definition.ts'
import { ownSchedule } from './own-schedule.ts'
import { readSpec, type ScheduleOptions } from './schedule-options.ts'
import {
  pendingRecord,
  type ScheduleRecord,
  type Surroundings,
  storedRecord,
} from './schedule-record.ts'
import { StorageClock } from './storage-clock.ts'
import { registered } from './tick-task.ts'
import { Ticker } from './ticker.ts'
import type { Trigger } from './trigger.ts'

/** What schedules need of their manager. */
export interface SchedulesHost {
  /** Opens the storage, once. */
  open(): Promise<void>
  instanceId(): string
  /** Tasks were stored: there is work. */
  stored(tasks: NewTask[]): void
}

/**
 * The schedules of one manager: which it declares, which the storage has, and when they are due.
 * What fires is always the stored definition, so that all instances agree.
 */
export class Schedules {
  readonly clock: StorageClock
  readonly #options: ResolvedOptions
  readonly #host: SchedulesHost
  readonly #outage: Outage
  readonly #ticker: Ticker | null
  /** Ids this process has asked for. */
  readonly #ids = new Set<string>()
  /** Ids that were removed here: who asks for one again means it. */
  readonly #removedHere = new Set<string>()
  /** Asked for before the start, by id: they live as long as an instance that declares them. */
  readonly #declared = new Map<string, OwnSchedule>()
  #preparing: Promise<unknown>[] = []
  /** The first look is still to come. */
  #starting = false
  #state: 'new' | 'running' | 'stopped' = 'new'
  /** What the storage has and this instance fires. */
  #known: Schedule[] = []
  /** A definition of another instance counts, for one that is declared here. */
  #outvoted = false
  #version: string | null = null
  #others = ''
  #looking: Promise<void> | null = null
  #lookAgain = false
  readonly #listeners = new Set<() => void>()
  #cancelRetry = () => {}

  constructor(options: ResolvedOptions, host: SchedulesHost) {
    this.#options = options
    this.#host = host
    this.clock = new StorageClock(options.clock)
    this.#outage = new Outage('schedules wait for the storage', options.onError)
    const storage = options.storage.schedules
    this.#ticker = storage
      ? new Ticker(options, {
          storage,
          clock: this.clock,
          stored: (tasks) => host.stored(tasks),
          taken: () => this.look(),
        })
      : null
  }

  /** The storage's part. @throws TaskflowError `configuration` when it has none. */
  get storage(): ScheduleStorage {
    const { schedules, name } = this.#options.storage
    if (schedules) return schedules
    throw new TaskflowError('configuration', `schedules: the storage ${name} has none`)
  }

  /** Schedules that this instance fires. */
  get known(): readonly Schedule[] {
    return this.#known
  }

  /** As `TaskManager.schedule`. What can be seen at once is thrown, not rejected with. */
  add(
    task: Task,
    when: Trigger,
    options: ScheduleOptions & { payload?: unknown },
  ): Promise<string> {
    if (this.#state === 'stopped') {
      throw new TaskflowError('configuration', 'schedule: the manager has been stopped')
    }
    if (typeof task?.name !== 'string') {
      throw new TaskflowError('invalid_input', 'schedule: expected a task made by defineTask')
    }
    const { scheduleId, spec } = readSpec(task.name, when, options)
    const own = registered(this.#options, task.name)
    const declared = this.#state === 'new'
    // Without that part it could only pretend.
    this.storage
    if (this.#ids.has(scheduleId)) {
      throw new TaskflowError(
        'invalid_input',
        `schedule: id: expected each id once, got ${scheduleId} twice`,
      )
    }
    this.#ids.add(scheduleId)
    const prepared = ownSchedule(own, scheduleId, { ...spec, declared }, options.payload, {
      options: this.#options,
      now: this.clock.now(),
      isKnown: () => this.#isKnown(scheduleId),
    })
    prepared.catch(() => this.#ids.delete(scheduleId))
    if (!declared) return this.#addNow(prepared)
    const noted = prepared.then((schedule) => {
      this.#declared.set(scheduleId, schedule)
      return scheduleId
    })
    // `start` rejects with it too, so nobody needs to wait here.
    this.#preparing.push(noted)
    noted.catch(() => {})
    return noted
  }

  /** Resolves when all that was declared before the start is checked. @throws what is refused. */
  async prepared(): Promise<void> {
    const preparing = this.#preparing
    this.#preparing = []
    await Promise.all(preparing)
  }

  /** The instance has joined: stores what is declared, then fires. */
  async start(): Promise<void> {
    this.#state = 'running'
    this.#starting = true
    await this.look()
  }

  /** Fires nothing any more. */
  async stop(): Promise<void> {
    this.#state = 'stopped'
    this.#cancelRetry()
    await this.#ticker?.stop()
  }

  /** What this instance declares of a function, for its beats. */
  declaredOf(funcName: string): { scheduleId: string; revision: string }[] {
    return [...this.#declared.values()]
      .filter(({ spec }) => spec.funcName === funcName)
      .map(({ scheduleId, revision }) => ({ scheduleId, revision }))
  }

  /** A beat was answered: tells the time, and whether schedules or instances have changed. */
  answered({ now, schedulesVersion, others }: BeatResult, sentAt: number): void {
    if (this.clock.answered(now, sentAt)) this.#ticker?.arm()
    const living = others
      .filter(({ leaseOver, gone }) => !leaseOver && !gone)
      .map(({ instanceId }) => instanceId)
      .join()
    const changed = schedulesVersion !== this.#version
    const replaced = this.#outvoted && living !== this.#others
    this.#version = schedulesVersion
    this.#others = living
    if (this.#state === 'running' && (changed || replaced)) void this.look()
  }

  /** Reads all schedules again, declares where that is due, and sets the timer. */
  look(): Promise<void> {
    if (this.#state !== 'running' || !this.#ticker) return Promise.resolve()
    this.#lookAgain = this.#looking !== null
    this.#looking ??= this.#look()
      .then(
        () => this.#outage.over(),
        (error) => {
          const delayMs = this.#outage.failed(error, Math.random())
          this.#cancelRetry()
          this.#cancelRetry = this.#options.clock.after(delayMs, () => void this.look())
        },
      )
      .finally(() => {
        this.#looking = null
        if (this.#lookAgain) void this.look()
      })
    return this.#looking
  }

  /** Told when schedules may have changed; returns what ends that. */
  onChanged(listener: () => void): () => void {
    if (typeof listener !== 'function') {
      const message = `onSchedulesChanged: expected a function, got ${typeof listener}`
      throw new TaskflowError('invalid_input', message)
    }
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** An operator changed a schedule here. */
  changed(): Promise<void> {
    this.#tell()
    return this.look()
  }

  /** Frees an id for another `add`. */
  forget(scheduleId: string): void {
    if (this.#declared.has(scheduleId)) return
    this.#ids.delete(scheduleId)
    this.#removedHere.add(scheduleId)
  }

  /** One schedule of the storage. @throws TaskflowError `not_found`. */
  async find(scheduleId: string): Promise<Schedule> {
    await this.#host.open()
    const [stored] = await this.storage.list({ scheduleIds: [scheduleId] })
    if (stored) return readSchedule(stored)
    throw unknownSchedule(scheduleId)
  }

  /** All schedules, or those asked for, by id. */
  async records(upcoming: number, scheduleIds?: string[]): Promise<ScheduleRecord[]> {
    await this.#host.open()
    const [stored, instances] = await Promise.all([
      this.storage.list({ scheduleIds }),
      this.#instances(),
    ])
    const surroundings: Surroundings = { options: this.#options, instances, upcoming }
    const running = this.#state === 'running'
    const records = stored
      .flatMap((each) => this.#read(each))
      .map((schedule) => storedRecord(schedule, running && this.#fires(schedule), surroundings))
    return [...records, ...(await this.#pending(stored, scheduleIds, surroundings))].sort((a, b) =>
      a.scheduleId < b.scheduleId ? -1 : 1,
    )
  }

  async #pending(
    stored: readonly StoredSchedule[],
    scheduleIds: string[] | undefined,
    surroundings: Surroundings,
  ): Promise<ScheduleRecord[]> {
    if (this.#state !== 'new') return []
    const known = new Set(stored.map(({ scheduleId }) => scheduleId))
    const ids = [...this.#declared.keys()].filter(
      (id) => !known.has(id) && (!scheduleIds || scheduleIds.includes(id)),
    )
    const removed = await this.#removed(ids)
    return ids.flatMap((id) => {
      const own = removed.has(id) ? undefined : this.#declared.get(id)
      return own ? [pendingRecord(own, surroundings)] : []
    })
  }

  /** Whether the storage has it, removed or not. */
  async #isKnown(scheduleId: string): Promise<boolean> {
    await this.#host.open()
    const stored = await this.storage.list({ scheduleIds: [scheduleId] })
    return stored.length > 0 || (await this.#removed([scheduleId])).size > 0
  }

  async #addNow(prepared: Promise<OwnSchedule>): Promise<string> {
    const own = await prepared
    const { scheduleId, spec } = own
    // With its old revision it would stay removed.
    if (this.#removedHere.delete(scheduleId)) own.revision += `-${crypto.randomUUID().slice(0, 8)}`
    const { revision } = own
    try {
      const [stored] = await this.storage.list({ scheduleIds: [scheduleId] })
      if (stored?.revision !== revision) {
        const removed = (await this.#removed([scheduleId])).get(scheduleId)
        const now = this.clock.now()
        const definition = definitionOf(own, { stored, removed }, now)
        if (spec.runOnStart && !hasEnded(spec, now)) definition.nextRunAt = now
        await this.storage.declare({ schedules: [definition] })
      }
    } catch (error) {
      this.#ids.delete(scheduleId)
      throw asUnavailable(error)
    }
    await this.look()
    return scheduleId
  }

  async #look(): Promise<void> {
    let stored = await this.storage.list()
    if (await this.#declare(stored)) stored = await this.storage.list()
    if (this.#starting && (await this.#runOnStart(stored))) stored = await this.storage.list()
    this.#starting = false
    const revisions = new Map(stored.map(({ scheduleId, revision }) => [scheduleId, revision]))
    this.#outvoted = [...this.#declared.values()].some(
      ({ scheduleId, revision }) => (revisions.get(scheduleId) ?? revision) !== revision,
    )
    this.#known = stored.flatMap((each) => this.#read(each)).filter((each) => this.#fires(each))
    this.#ticker?.set(this.#known)
    this.#tell()
  }

  /** One that throws keeps no schedule from running, and no other from hearing. */
  #tell(): void {
    for (const listener of this.#listeners) {
      try {
        listener()
      } catch (error) {
        this.#options.onError(error)
      }
    }
  }

  /** Stores the definitions of this process that count and are not stored; whether there were any. */
  async #declare(stored: readonly StoredSchedule[]): Promise<boolean> {
    const byId = new Map(stored.map((each) => [each.scheduleId, each]))
    const open = [...this.#declared.values()].filter(
      ({ scheduleId, revision }) => byId.get(scheduleId)?.revision !== revision,
    )
    if (open.length === 0) return false
    const removed = await this.#removed(
      open.map(({ scheduleId }) => scheduleId).filter((id) => !byId.has(id)),
    )
    const instances = await this.#instances()
    const now = this.clock.now()
    const schedules = open.flatMap((own) => {
      const { scheduleId } = own
      const current = { stored: byId.get(scheduleId), removed: removed.get(scheduleId) }
      const others = declaredByOthers(instances, scheduleId, this.#host.instanceId())
      const revisions = others.map(({ revision }) => revision)
      if (!takesOver(own, { ...current, others: revisions })) return []
      return [definitionOf(own, current, now)]
    })
    if (schedules.length > 0) await this.storage.declare({ schedules })
    return schedules.length > 0
  }

  /**
   * Runs what is to run at the start, unless another live instance started with the same definition
   * before: once per deploy, not once per instance. Whether schedules were moved for that.
   */
  async #runOnStart(stored: readonly StoredSchedule[]): Promise<boolean> {
    const now = this.clock.now()
    const starting = stored.filter(({ scheduleId, paused, revision }) => {
      const own = this.#declared.get(scheduleId)
      if (!own?.spec.runOnStart || own.revision !== revision || paused) return false
      return !hasEnded(own.spec, now)
    })
    if (starting.length === 0) return false
    const instances = await this.#instances()
    const instanceId = this.#host.instanceId()
    const changes = starting.flatMap(({ scheduleId, revision, nextRunAt }) => {
      if (!isFirst(instances, { scheduleId, revision, instanceId })) return []
      if (nextRunAt === null || nextRunAt > now) return [{ scheduleId, nextRunAt: now }]
      this.#ticker?.alsoAt(scheduleId, now)
      return []
    })
    if (changes.length > 0) await this.storage.change({ changes })
    return changes.length > 0
  }

  #fires({ stored, spec }: Schedule): boolean {
    const { scheduleId, funcName } = stored
    return this.#options.tasks.has(funcName) && (!spec.declared || this.#declared.has(scheduleId))
  }

  /** Nothing, and an error is reported, for a definition of a newer version. */
  #read(stored: StoredSchedule): Schedule[] {
    try {
      return [readSchedule(stored)]
    } catch (error) {
      this.#options.onError(error)
      return []
    }
  }

  async #removed(scheduleIds: string[]): Promise<Map<string, StoredSchedule>> {
    if (scheduleIds.length === 0) return new Map()
    const removed = await this.storage.list({ scheduleIds, removed: true })
    return new Map(removed.map((each) => [each.scheduleId, each]))
  }

  async #instances(): Promise<InstanceRecord[]> {
    return (await this.#options.storage.instances?.list()) ?? []
  }
}

/** For an id that nobody knows. */
export function unknownSchedule(scheduleId: string): TaskflowError {
  const id = JSON.stringify(String(scheduleId).slice(0, 200))
  return new TaskflowError('not_found', `no stored schedule with id ${id}`)
}
