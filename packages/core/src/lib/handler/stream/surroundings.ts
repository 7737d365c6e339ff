import type { TaskManager } from '../../run/task-manager.ts'
import { functionList } from '../function-list.ts'
import { instanceJson } from '../serialize.ts'
import { frame } from './stream-client.ts'

/** How often it is looked: as often as instances beat. */
const LOOK_MS = 3_000

/**
 * Notices when instances come, go or change their state, and when functions are registered, paused
 * or resumed, while somebody watches. That tasks run and end is told elsewhere.
 */
export class Surroundings {
  readonly #manager: TaskManager
  #lookedAt = Number.NEGATIVE_INFINITY
  #instances: string | null = null
  #functions: string | null = null

  constructor(manager: TaskManager) {
    this.#manager = manager
  }

  /** Looks with the next frame, not only when it is time. */
  hurry(): void {
    this.#lookedAt = Number.NEGATIVE_INFINITY
  }

  /** Nobody watches any more: who comes next reads everything first. */
  forget(): void {
    this.hurry()
    this.#instances = null
    this.#functions = null
  }

  /** What has changed since the last look, as frames; nothing with the first one. */
  async news(monotonic: number): Promise<string> {
    if (monotonic - this.#lookedAt < LOOK_MS) return ''
    this.#lookedAt = monotonic
    const [all, functions, paused] = await Promise.all([
      this.#manager.instances(),
      this.#manager.functions(),
      this.#manager.pausedFunctions(),
    ])
    const instancesNow = JSON.stringify(all.map(({ instanceId, state }) => [instanceId, state]))
    const functionsNow = JSON.stringify([functions, [...paused].sort()])
    const isNew = (told: string | null, now: string) => told !== null && told !== now
    const frames = [
      isNew(this.#instances, instancesNow) ? frame('instances', all.map(instanceJson)) : '',
      isNew(this.#functions, functionsNow)
        ? frame('functions', await functionList(this.#manager))
        : '',
    ]
    this.#instances = instancesNow
    this.#functions = functionsNow
    return frames.join('')
  }
}
