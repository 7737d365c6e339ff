import { systemClock } from '../../clock.ts'
import { TaskflowError } from '../../errors.ts'
import { Rounds } from '../../rounds.ts'
import type { TaskManager } from '../../run/task-manager.ts'
import type { ChangeFeed, ChangePage, TaskMetrics } from '../../storage/contract.ts'
import { POSITION } from '../../storage/position.ts'
import { payloadsJson } from '../payload-json.ts'
import { listSelected } from '../selection/list-selected.ts'
import { metricsJson, taskJson } from '../serialize.ts'
import type { ChangedTasks } from './change-frames.ts'
import type { ScheduleNews } from './schedule-news.ts'
import { SharedReads } from './shared-reads.ts'
import { bytesOf, type Frames, frame, type StreamRequest } from './stream-client.ts'

/** More changed tasks than this in a frame are not sent one by one. */
export const MAX_CHANGES = 100

/** What somebody who comes back has missed. */
export interface Missed {
  page: ChangePage
  changed: ChangedTasks
}

/** What streams read from the storage, once for all who want the same. */
export class StreamReads {
  readonly #manager: TaskManager
  readonly #schedules: ScheduleNews
  readonly #exposePayloads: boolean
  readonly #states = new SharedReads<Frames>()
  readonly #missedPages = new SharedReads<Missed | null>()
  readonly #metrics: Rounds<TaskMetrics>

  constructor(manager: TaskManager, schedules: ScheduleNews, exposePayloads: boolean) {
    this.#manager = manager
    this.#schedules = schedules
    this.#exposePayloads = exposePayloads
    this.#metrics = new Rounds(() => manager.metrics())
  }

  /** @throws TaskflowError `configuration` where the storage has no changes to follow. */
  feed(): ChangeFeed {
    const { changes, name } = this.#manager.storage
    if (changes) return changes
    throw new TaskflowError('configuration', `stream: the storage ${name} has no change feed`)
  }

  /** The whole state, as a frame. */
  async state({ filter, matches, limit, logs }: StreamRequest): Promise<Frames> {
    const read = async () => {
      const id = await this.feed().head()
      const [page, metrics, schedules] = await Promise.all([
        listSelected(this.#manager, { filter, matches }, { limit }),
        this.#metrics.ask(),
        this.#schedules.all(),
      ])
      const payloads = await payloadsJson(this.#manager, page.tasks, this.#exposePayloads)
      const tasks = page.tasks.map((task) => taskJson(task, logs, payloads.get(task.taskId)))
      const state = { tasks, metrics: metricsJson(metrics, systemClock.now()), schedules }
      return bytesOf(frame('state', state, id))
    }
    // Whether two queries are the same nobody can tell from what they became.
    return matches ? read() : this.#states.read(JSON.stringify([filter, limit, logs]), read)
  }

  /** The numbers, as a frame. */
  async numbers(): Promise<Frames> {
    const metrics = await this.#metrics.ask()
    return bytesOf(frame('metrics', metricsJson(metrics, systemClock.now())))
  }

  /** What a reader that was here before has missed; null when it must start anew. */
  async missed({ lastEventId }: StreamRequest): Promise<Missed | null> {
    if (lastEventId === null || !POSITION.test(lastEventId)) return null
    return this.#missedPages.read(lastEventId, async () => {
      const page = await this.#allSince(lastEventId)
      return page && { page, changed: await this.changed(page.taskIds) }
    })
  }

  /**
   * All changes since a position; null where they are not known, or too many. A page ends before a
   * change that it has no room for, so it is complete only when none comes after it.
   */
  async #allSince(position: string): Promise<ChangePage | null> {
    const taskIds = new Set<string>()
    for (let cursor = position; ; ) {
      const page = await this.feed().since({ cursor, limit: MAX_CHANGES + 1 })
      for (const id of page.taskIds) taskIds.add(id)
      if (page.gap || taskIds.size > MAX_CHANGES) return null
      if (page.taskIds.length === 0) return { ...page, taskIds: [...taskIds] }
      cursor = page.cursor
    }
  }

  /** Changed tasks as they are by now. */
  async changed(taskIds: string[]): Promise<ChangedTasks> {
    if (taskIds.length === 0) return { tasks: new Map(), payloads: new Map() }
    const { tasks } = await this.#manager.list({ filter: { taskIds }, limit: taskIds.length })
    const payloads = await payloadsJson(this.#manager, tasks, this.#exposePayloads)
    return { tasks: new Map(tasks.map((task) => [task.taskId, task])), payloads }
  }
}
