import { TaskflowError } from '../../errors.ts'
import type { TaskStatus } from '../../record.ts'
import type { ChangeResult, NewTask } from '../contract.ts'
import type {
  FireResult,
  NewTick,
  OverlapPolicy,
  ScheduleChange,
  ScheduleDefinition,
  ScheduleStorage,
  StoredSchedule,
  TickOutcome,
  TickRecord,
} from '../parts.ts'

/** What schedules need of the tasks. */
export interface ScheduledTasks {
  /** Stores tasks; the id of the one that stands, for each. */
  store(tasks: NewTask[], now: number): string[]
  statusOf(taskId: string): TaskStatus | null
  /** Live tasks of a schedule. */
  live(scheduleId: string): Iterable<{ status: TaskStatus }>
}

interface Schedule {
  definition: ScheduleDefinition
  createdAt: number
  removed: boolean
  lastRunAt: number | null
  lastTaskId: string | null
  /** Oldest first; `n` counts up. */
  ticks: (TickRecord & { n: number })[]
}

/** Schedules and what became of their ticks. */
export class MemorySchedules implements ScheduleStorage {
  readonly #schedules = new Map<string, Schedule>()
  readonly #tasks: ScheduledTasks
  readonly #clock: () => number
  #version = 0
  #ticks = 0

  constructor(tasks: ScheduledTasks, clock: () => number) {
    this.#tasks = tasks
    this.#clock = clock
  }

  /** Another text whenever schedules were declared or changed. */
  get version(): string {
    return String(this.#version)
  }

  async declare(input: {
    schedules: ScheduleDefinition[]
    now?: number | undefined
  }): Promise<{ scheduleId: string; result: 'added' | 'kept' | 'changed' | 'removed' }[]> {
    const now = input.now ?? this.#clock()
    return input.schedules.map((definition) => {
      const result = this.#declareOne(definition, now)
      if (result === 'added' || result === 'changed') this.#version++
      return { scheduleId: definition.scheduleId, result }
    })
  }

  #declareOne(
    definition: ScheduleDefinition,
    now: number,
  ): 'added' | 'kept' | 'changed' | 'removed' {
    const { scheduleId, revision, paused } = definition
    const stored = this.#schedules.get(scheduleId)
    if (!stored) {
      this.#schedules.set(scheduleId, {
        definition: { ...definition },
        createdAt: now,
        removed: false,
        lastRunAt: null,
        lastTaskId: null,
        ticks: [],
      })
      return 'added'
    }
    if (stored.definition.revision === revision) return stored.removed ? 'removed' : 'kept'
    stored.definition = { ...definition, paused: paused || stored.definition.paused }
    stored.removed = false
    return 'changed'
  }

  async list(
    input: { scheduleIds?: string[] | undefined; removed?: boolean | undefined } = {},
  ): Promise<StoredSchedule[]> {
    const { scheduleIds = this.#schedules.keys(), removed = false } = input
    return [...new Set(scheduleIds)]
      .flatMap((id) => this.#schedules.get(id) ?? [])
      .filter((schedule) => schedule.removed === removed)
      .sort((a, b) => (a.definition.scheduleId < b.definition.scheduleId ? -1 : 1))
      .map(({ definition, createdAt, lastRunAt, lastTaskId }) => ({
        ...definition,
        createdAt,
        lastRunAt,
        lastTaskId,
        lastStatus: lastTaskId === null ? null : this.#tasks.statusOf(lastTaskId),
      }))
  }

  async fire(input: { ticks: NewTick[]; now?: number | undefined }): Promise<FireResult[]> {
    const now = input.now ?? this.#clock()
    return input.ticks.map((tick) => this.#fireOne(tick, now))
  }

  #fireOne(tick: NewTick, now: number): FireResult {
    const { scheduleId, dueAt } = tick
    const schedule = this.#standing(scheduleId)
    if (!schedule || (tick.outcome !== 'manual' && isTaken(schedule, tick))) {
      return { scheduleId, dueAt, result: 'taken', taskId: null }
    }
    const { definition } = schedule
    if (movesOn(definition, tick)) definition.nextRunAt = tick.nextRunAt
    if (tick.outcome !== 'manual' && hasRun(schedule, dueAt)) {
      return { scheduleId, dueAt, result: 'taken', taskId: null }
    }
    if (tick.pause) definition.paused = true
    const isInTheWay =
      tick.task !== null &&
      tick.outcome !== 'manual' &&
      overlaps(definition.overlap, this.#tasks.live(scheduleId))
    const outcome: TickOutcome = isInTheWay ? 'skipped_overlap' : tick.outcome
    const tasks = tick.task && !isInTheWay ? [tick.task] : []
    const taskId = this.#tasks.store(tasks, now)[0] ?? null
    if (taskId !== null) {
      schedule.lastRunAt = now
      schedule.lastTaskId = taskId
    }
    schedule.ticks.push({ n: ++this.#ticks, dueAt, firedAt: now, outcome, taskId })
    return { scheduleId, dueAt, result: outcome, taskId }
  }

  async change(input: {
    changes: ScheduleChange[]
    now?: number | undefined
  }): Promise<{ scheduleId: string; result: ChangeResult['result'] }[]> {
    return input.changes.map((change) => {
      const { scheduleId } = change
      const schedule = this.#standing(scheduleId)
      if (!schedule) return { scheduleId, result: 'missing' }
      const { definition } = schedule
      const { paused = definition.paused, nextRunAt = definition.nextRunAt } = change
      const isSo = paused === definition.paused && nextRunAt === definition.nextRunAt
      if (isSo && !change.removed) return { scheduleId, result: 'refused' }
      definition.paused = paused
      definition.nextRunAt = nextRunAt
      schedule.removed = change.removed ?? false
      this.#version++
      return { scheduleId, result: 'changed' }
    })
  }

  async ticks(input: {
    scheduleId: string
    limit: number
    cursor?: string | undefined
  }): Promise<{ ticks: TickRecord[]; next: string | null }> {
    const { cursor } = input
    const before = cursor === undefined ? Number.POSITIVE_INFINITY : Number(cursor)
    if (cursor !== undefined && !/^\d+$/.test(cursor)) {
      throw new TaskflowError('invalid_input', 'cursor: expected the cursor of an earlier page')
    }
    const older = this.#schedules.get(input.scheduleId)?.ticks.filter(({ n }) => n < before) ?? []
    const page = older.slice(-input.limit).reverse()
    const last = page.at(-1)
    return {
      ticks: page.map(({ n: _, ...tick }) => tick),
      next: last && older.length > page.length ? String(last.n) : null,
    }
  }

  /** Deletes old ticks. */
  prune(before: number): void {
    for (const schedule of this.#schedules.values()) {
      schedule.ticks = schedule.ticks.filter(({ firedAt }) => firedAt >= before)
    }
  }

  /** A schedule that is not removed. */
  #standing(scheduleId: string): Schedule | undefined {
    const schedule = this.#schedules.get(scheduleId)
    return schedule?.removed ? undefined : schedule
  }
}

function isTaken({ definition }: Schedule, tick: NewTick): boolean {
  return (
    definition.paused ||
    definition.revision !== tick.revision ||
    definition.nextRunAt !== tick.dueAt
  )
}

/** Whether a tick has stored its task before. */
function hasRun({ ticks }: Schedule, dueAt: number): boolean {
  return ticks.some(
    (tick) => tick.dueAt === dueAt && tick.taskId !== null && tick.outcome !== 'manual',
  )
}

/** A tick by hand stands for one of the schedule's only where that is due. */
function movesOn(definition: ScheduleDefinition, { outcome, revision, dueAt }: NewTick): boolean {
  if (outcome !== 'manual') return true
  const { nextRunAt } = definition
  return definition.revision === revision && nextRunAt !== null && nextRunAt <= dueAt
}

/** Whether a live task of a schedule is in the way of the next. */
function overlaps(overlap: OverlapPolicy, live: Iterable<{ status: TaskStatus }>): boolean {
  if (overlap === 'allow') return false
  for (const { status } of live) if (overlap === 'skip' || status === 'pending') return true
  return false
}
