import type { Lane } from './lane.ts'

/** What the gate must know of its dispatcher. */
export interface SuspectSource {
  /** A suspect runs here, waits for a slot, or may come with a turn under way. */
  any(): boolean
  /** The lane whose turn under way may bring one. */
  asking(): Lane | undefined
}

/**
 * Tasks that took a process down – suspects – come one at a time, whichever lane they belong to: should
 * it happen again, one is known to be the cause.
 */
export class SuspectGate {
  readonly #source: SuspectSource
  /** Lanes that asked for no suspects because another one did. */
  readonly #passedOver = new Set<Lane>()

  constructor(source: SuspectSource) {
    this.#source = source
  }

  /** Whether a lane may ask for a suspect. Lanes that could not, because another did, come first. */
  mayAsk(lane: Lane, wakes: number): boolean {
    const first = [...this.#passedOver].find((waiting) => waiting.wanted(wakes) > 0) ?? lane
    if (first === lane && !this.#source.any()) {
      this.#passedOver.delete(lane)
      return true
    }
    if ((this.#source.asking() ?? first) !== lane) this.#passedOver.add(lane)
    return false
  }

  /** A turn is over: those who were passed over may ask if it brought none. */
  turnOver(): void {
    if (this.#passedOver.size === 0 || this.#source.any()) return
    for (const lane of this.#passedOver) lane.stir()
  }
}
