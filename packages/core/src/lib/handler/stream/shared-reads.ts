import { Rounds } from '../../rounds.ts'

/** Reads from the storage that many streams want at once, e.g. after a restart: one for all. */
export class SharedReads<Answer> {
  readonly #rounds = new Map<string, { rounds: Rounds<Answer>; waiting: number }>()

  /** @param key the same for reads that are the same. */
  async read(key: string, question: () => Promise<Answer>): Promise<Answer> {
    let entry = this.#rounds.get(key)
    if (!entry) {
      entry = { rounds: new Rounds(question), waiting: 0 }
      this.#rounds.set(key, entry)
    }
    entry.waiting += 1
    try {
      return await entry.rounds.ask()
    } finally {
      entry.waiting -= 1
      if (entry.waiting === 0) this.#rounds.delete(key)
    }
  }
}
