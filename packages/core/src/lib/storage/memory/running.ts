import type { OwnedTask } from '../contract.ts'
import type { Row } from './row.ts'

/** The rows that run, with how many there are of each function. */
export class Running {
  readonly #rows = new Set<Row>()
  readonly #counts = new Map<string, number>()

  add(row: Row): void {
    this.#rows.add(row)
    this.#counts.set(row.funcName, this.countOf(row.funcName) + 1)
  }

  delete(row: Row): void {
    if (!this.#rows.delete(row)) return
    const left = this.countOf(row.funcName) - 1
    if (left > 0) this.#counts.set(row.funcName, left)
    else this.#counts.delete(row.funcName)
  }

  countOf(funcName: string): number {
    return this.#counts.get(funcName) ?? 0
  }

  ownedBy(instanceId: string): OwnedTask[] {
    return [...this.#rows].filter((row) => row.instance === instanceId).map(toOwned)
  }

  /** Those of an instance that are to be cancelled. */
  cancels(instanceId: string): OwnedTask[] {
    const requested: OwnedTask[] = []
    for (const row of this.#rows) {
      if (row.cancelRequestedAt !== null && row.instance === instanceId) {
        requested.push(toOwned(row))
      }
    }
    return requested
  }

  /** Those whose owner is not among the living, at most `limit`. */
  orphans(isAlive: (instanceId: string | null) => boolean, limit: number): Row[] {
    return [...this.#rows].filter((row) => !isAlive(row.instance)).slice(0, limit)
  }
}

const toOwned = ({ taskId, fence }: Row): OwnedTask => ({ taskId, fence })
