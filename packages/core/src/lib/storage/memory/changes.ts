import type { ChangeFeed, ChangePage } from '../contract.ts'

/** Positions are kept this long, so that a stream can resume after a short break. */
const KEPT_MS = 60_000

interface Change {
  at: number
  taskIds: string[]
}

/** What changed lately, by position `<epoch>.<seq>`; the epoch is new for each storage. */
export class MemoryChanges implements ChangeFeed {
  readonly #epoch = crypto.randomUUID().slice(0, 8)
  readonly #changes: Change[] = []
  #seq = 0
  #forgottenTo = 0

  record(taskIds: string[], now: number): void {
    if (taskIds.length === 0) return
    this.#seq++
    this.#changes.push({ at: now, taskIds })
    let old = 0
    while ((this.#changes[old]?.at ?? now) < now - KEPT_MS) old++
    // In larger pieces, since removing from the front copies the rest.
    if (old <= 1000) return
    this.#changes.splice(0, old)
    this.#forgottenTo += old
  }

  async head(): Promise<string> {
    return this.#cursor(this.#seq)
  }

  async since(input: { cursor: string; limit: number }): Promise<ChangePage> {
    const [epoch, text] = input.cursor.split('.')
    const from = Number(text)
    const known =
      epoch === this.#epoch &&
      Number.isInteger(from) &&
      from >= this.#forgottenTo &&
      from <= this.#seq
    if (!known) return { cursor: this.#cursor(this.#seq), taskIds: [], gap: true }
    const taskIds = new Set<string>()
    let seq = from
    // Positions are without gaps.
    for (const change of this.#changes.slice(from - this.#forgottenTo)) {
      // Whole changes only, and at least one, so that a reader gets on.
      if (taskIds.size > 0 && taskIds.size + change.taskIds.length > input.limit) break
      for (const id of change.taskIds) taskIds.add(id)
      seq++
    }
    return { cursor: this.#cursor(seq), taskIds: [...taskIds], gap: false }
  }

  #cursor(seq: number): string {
    return `${this.#epoch}.${seq}`
  }
}
