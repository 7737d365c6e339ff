import type { Ask, Lane } from './lane.ts'
import type { Finished } from './settled.ts'

/** So that the storage works while we read its last answer, and the other way round. */
const MAX_TURNS = 2

/** One call of `storage.turn`. */
export interface Turn {
  instanceId: string
  batch: Finished[]
  lane: Lane | undefined
  ask: Ask | null
  /** Whether it may bring a task that took a process down. */
  suspects: boolean
  wakes: number
}

/** What is under way to the storage: turns, and looks for strays, which are no turn. */
export class Turns {
  // No Map, see Bag.
  #underWay: { turn: Turn | null; work: Promise<void> }[] = []

  get size(): number {
    return this.#underWay.length
  }

  /** As many are under way as pay. */
  get full(): boolean {
    return this.#underWay.length >= MAX_TURNS
  }

  /** Settlements that travel. */
  get settling(): number {
    return this.#underWay.reduce((sum, { turn }) => sum + (turn?.batch.length ?? 0), 0)
  }

  /** The turn that may bring a suspect. */
  get forSuspect(): Turn | undefined {
    return this.#underWay.find(({ turn }) => turn?.suspects)?.turn ?? undefined
  }

  /** Calls `over` when the work, which must not reject, is done. */
  add(turn: Turn | null, work: Promise<void>, over: () => void): void {
    this.#underWay.push({ turn, work })
    void work.then(() => {
      this.#underWay = this.#underWay.filter((each) => each.work !== work)
      over()
    })
  }

  /** Resolves when what is under way now is over. */
  async over(): Promise<void> {
    await Promise.all(this.#underWay.map(({ work }) => work))
  }
}
