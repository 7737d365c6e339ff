import type { Task } from './define-task.ts'
import { Lane, type LaneEvents } from './lane.ts'
import type { ResolvedOptions } from './options.ts'

/** All lanes of a manager: one for its `concurrency`, one for each executor with slots of its own. */
export class Lanes {
  readonly all: readonly Lane[]
  readonly #byFunction = new Map<string, Lane>()
  /** Lanes take turns at being asked first. */
  #turn = 0

  constructor(options: ResolvedOptions, events: LaneEvents) {
    const groups = new Map<string | null, Task[]>()
    for (const task of options.tasks.values()) {
      const own = options.executors.get(task.settings.executor)?.concurrency !== undefined
      const key = own ? task.settings.executor : null
      groups.set(key, [...(groups.get(key) ?? []), task])
    }
    this.all = [...groups].map(([key, tasks]) => {
      const own = key === null ? undefined : options.executors.get(key)?.concurrency
      // With concurrency 0 an instance only enqueues and serves, wherever tasks would run.
      const slots = options.concurrency === 0 ? 0 : (own ?? options.concurrency)
      const lane = new Lane(tasks, slots, options.clock, events)
      for (const { name } of tasks) this.#byFunction.set(name, lane)
      return lane
    })
  }

  /** The lane of a function; undefined for one that is not registered here. */
  of(funcName: string): Lane | undefined {
    return this.#byFunction.get(funcName)
  }

  /** The next lane that wants to claim; the same one until it was `asked`. */
  next(wakes: number): Lane | undefined {
    const { length } = this.all
    for (let i = 0; i < length; i++) {
      const lane = this.all[(this.#turn + i) % length]
      if (lane && lane.wanted(wakes) > 0) return lane
    }
    return undefined
  }

  /** A turn claims for this lane: the others come first now. */
  asked(lane: Lane): void {
    this.#turn = this.all.indexOf(lane) + 1
  }

  /** Claimed tasks that wait for a slot. */
  get waiting(): number {
    return this.all.reduce((sum, { backlog }) => sum + backlog.length, 0)
  }
}
