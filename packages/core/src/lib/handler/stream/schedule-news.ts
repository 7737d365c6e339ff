import type { ScheduleJson } from '../../client/wire.ts'
import type { TaskManager } from '../../run/task-manager.ts'
import { scheduleJson } from '../schedule-json.ts'
import { frame } from './stream-client.ts'

/** What is new of schedules, for those who watch. */
export class ScheduleNews {
  readonly #manager: TaskManager
  #told = ''
  /** They may have changed since they were told. */
  due = false

  constructor(manager: TaskManager) {
    this.#manager = manager
  }

  /** Notices changes from now on; returns what ends that. */
  watch(): () => void {
    return this.#manager.onSchedulesChanged(() => {
      this.due = true
    })
  }

  /** All of them; none where the storage has no schedules. */
  async all(): Promise<ScheduleJson[]> {
    if (!this.#manager.storage.schedules) return []
    return (await this.#manager.schedules()).map((each) => scheduleJson(each))
  }

  /** All of them as a frame, if they differ from what was told last; else nothing. */
  async frames(): Promise<string> {
    this.due = false
    const all = await this.all().catch((error) => {
      this.due = true
      throw error
    })
    const told = frame('schedules', all)
    if (told === this.#told) return ''
    this.#told = told
    return told
  }
}
