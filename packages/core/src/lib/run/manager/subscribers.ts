import { TaskflowError } from '../../errors.ts'
import type { LifecycleEvent } from '../../observers/observer.ts'

/** Who follows the steps of a manager. One that throws keeps no other from hearing. */
export class Subscribers {
  readonly #onError: (error: unknown) => void
  readonly #listeners = new Set<(event: LifecycleEvent) => void>()

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
  }

  get some(): boolean {
    return this.#listeners.size > 0
  }

  add(listener: (event: LifecycleEvent) => void): () => void {
    if (typeof listener !== 'function') {
      const message = `subscribe: expected a function, got ${typeof listener}`
      throw new TaskflowError('invalid_input', message)
    }
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  tell(event: LifecycleEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event)
      } catch (error) {
        this.#onError(error)
      }
    }
  }
}
