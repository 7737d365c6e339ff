import type { HintListener, StorageHint } from '@taskflow/core'

/** Who is told what other processes did. */
export class Listeners {
  readonly #listeners = new Set<HintListener>()
  #up = true

  get size(): number {
    return this.#listeners.size
  }

  /** Adds a listener; the function that comes back removes it. */
  add(listener: HintListener): () => void {
    // One of its own for each call, so that one listener may listen twice.
    const own: HintListener = {
      hint: (kind) => listener.hint(kind),
      up: (up) => listener.up(up),
    }
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  clear(): void {
    this.#listeners.clear()
  }

  readonly hint = (kinds: readonly StorageHint[]): void => {
    for (const listener of [...this.#listeners]) for (const kind of kinds) listener.hint(kind)
  }

  readonly up = (up: boolean): void => {
    if (up === this.#up) return
    this.#up = up
    for (const listener of [...this.#listeners]) listener.up(up)
  }
}
