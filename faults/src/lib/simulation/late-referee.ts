import type { Settlement, SettleResult, TaskStorage } from '@taskflow/core'
import type { Ledger } from './ledger.ts'

/** Watches the writes of owners that came too late: each is noted once, and counted. */
export class LateReferee {
  readonly #memory: TaskStorage
  readonly #ledger: Ledger
  readonly #violated: (what: string) => void
  /** Claims whose end counted, and claims whose end came too late. */
  readonly #counted = new Set<string>()
  readonly #late = new Map<string, Set<number>>()

  constructor(memory: TaskStorage, ledger: Ledger, violated: (what: string) => void) {
    this.#memory = memory
    this.#ledger = ledger
    this.#violated = violated
  }

  /** Looks at what became of ends that a process has told of. */
  async settled(settle: readonly Settlement[], results: readonly SettleResult[]): Promise<void> {
    const late: string[] = []
    settle.forEach(({ taskId, fence, outcome }, n) => {
      const claim = `${taskId} ${fence}`
      if (results[n]?.result === 'settled') this.#counted.add(claim)
      // A repeat of what counted is not late, and what never began has no end.
      else if (!this.#counted.has(claim) && this.#ledger.hasClaim(taskId, fence)) {
        if (outcome.type === 'unstarted') return
        late.push(taskId)
        this.#late.set(taskId, (this.#late.get(taskId) ?? new Set()).add(fence))
      }
    })
    if (late.length === 0) return
    for (const task of await this.#memory.get({ taskIds: late })) {
      const noted = task?.attempts.filter(({ lateOutcome }) => lateOutcome !== null).length ?? 0
      const came = this.#late.get(task?.taskId ?? '')?.size ?? 0
      if (noted === came) continue
      this.#violated(`${task?.taskId}: ${came} ends came too late, ${noted} are noted`)
    }
  }

  /** Compares what is counted with what came. */
  async checkCount(): Promise<void> {
    const came = [...this.#late.values()].reduce((sum, { size }) => sum + size, 0)
    const [metrics] = await this.#memory.metrics({ queries: [{}] })
    const counted = metrics?.lateSettlements ?? 0
    if (counted !== came) this.#violated(`${came} ends came too late, ${counted} are counted`)
  }
}
