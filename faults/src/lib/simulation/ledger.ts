/** What really happened in a world, whatever the storage says. */
export class Ledger {
  /** Ids that `enqueue` resolved with. */
  readonly accepted = new Set<string>()
  /** Numbers of tasks whose `enqueue` rejected with `committed: 'no'`. */
  readonly refused = new Set<number>()
  /** Numbers of tasks of requests whose responses have not ended. */
  readonly held = new Set<number>()
  /** Starts of handlers, by task. */
  readonly starts = new Map<string, number>()
  readonly #claims = new Set<string>()
  readonly #claimsOf = new Map<string, number>()

  /** Notes that a claim was committed; false when it is no new one. */
  claim(taskId: string, fence: number): boolean {
    const claim = `${taskId} ${fence}`
    if (this.#claims.has(claim)) return false
    this.#claims.add(claim)
    this.#claimsOf.set(taskId, (this.#claimsOf.get(taskId) ?? 0) + 1)
    return true
  }

  /** Whether that claim was committed. */
  hasClaim(taskId: string, fence: number): boolean {
    return this.#claims.has(`${taskId} ${fence}`)
  }

  /** Notes that a handler starts; false when there were more starts than claims. */
  start(taskId: string): boolean {
    const starts = (this.starts.get(taskId) ?? 0) + 1
    this.starts.set(taskId, starts)
    return starts <= (this.#claimsOf.get(taskId) ?? 0)
  }
}
