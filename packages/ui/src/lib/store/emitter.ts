/** Tells its listeners that something changed; they read what they need. */
export class Emitter {
  readonly #listeners = new Set<() => void>()

  /** Calls `listener` on every change, until the returned function is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  protected emit(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}
