import type { FunctionStorage, PausedFunction } from '../parts.ts'

/** Which functions are paused. */
export class MemoryFunctions implements FunctionStorage {
  readonly #pausedAt = new Map<string, number>()
  readonly #clock: () => number

  constructor(clock: () => number) {
    this.#clock = clock
  }

  isPaused(funcName: string): boolean {
    return this.#pausedAt.has(funcName)
  }

  async setPaused(input: {
    funcNames: string[]
    paused: boolean
    now?: number | undefined
  }): Promise<{ funcName: string; changed: boolean }[]> {
    const now = input.now ?? this.#clock()
    return input.funcNames.map((funcName) => {
      const changed = this.isPaused(funcName) !== input.paused
      if (changed && input.paused) this.#pausedAt.set(funcName, now)
      if (!input.paused) this.#pausedAt.delete(funcName)
      return { funcName, changed }
    })
  }

  async paused(): Promise<PausedFunction[]> {
    return [...this.#pausedAt]
      .map(([funcName, pausedAt]) => ({ funcName, pausedAt }))
      .sort((a, b) => (a.funcName < b.funcName ? -1 : 1))
  }
}
