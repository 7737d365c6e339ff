import type { ClaimedTask, NewTask, TaskStorage, TurnInput } from '@taskflow/core'
import type { Ledger } from './ledger.ts'
import type { Work } from './workload.ts'

const LIMIT = 2

/** What is known at the moment at which a claim is asked for. */
export interface ClaimMoment {
  hasLease: boolean
  paused: ReadonlySet<string>
}

/** What the watcher of claims works with. */
interface Given {
  memory: TaskStorage
  ledger: Ledger
  /** The storage's clock, epoch ms. */
  now: () => number
  violated: (what: string) => void
}

/** Watches what is claimed: once, by whom it may be, when it may be, and after what it waits for. */
export class ClaimReferee {
  readonly #given: Given
  /** Tasks that run whatever became of their parents. */
  readonly #anyway = new Set<string>()
  /** When tasks are due that wait for a time, by the storage's clock. */
  readonly #dueAt = new Map<string, number>()
  /** Number of the task in the ledger, for tasks of requests. */
  readonly #held = new Map<string, number>()
  /** The latest that the storage's clock has shown: what was due once stays due. */
  #latest = 0

  constructor(given: Given) {
    this.#given = given
  }

  /** Tasks are about to be stored. */
  inserting(tasks: readonly NewTask[]): void {
    const { ledger, now: clock } = this.#given
    const now = clock()
    for (const { taskId, onParentFailure, delayMs = 0, payload } of tasks) {
      if (onParentFailure === 'run') this.#anyway.add(taskId)
      // An insert whose answer was lost comes again, and changes nothing.
      if (delayMs > 0 && !this.#dueAt.has(taskId)) this.#dueAt.set(taskId, now + delayMs)
      const { n } = (JSON.parse(payload) ?? {}) as Partial<Work>
      if (n !== undefined && ledger.held.has(n)) this.#held.set(taskId, n)
    }
  }

  /** Tasks are about to be made due. */
  rescheduling(taskIds: readonly string[]): void {
    const { ledger, violated } = this.#given
    for (const taskId of taskIds) {
      this.#dueAt.set(taskId, 0)
      if (ledger.held.has(this.#held.get(taskId) ?? -1)) {
        violated(`${taskId} was let go before its response had ended`)
      }
    }
  }

  /** Looks at what was claimed. `before` is what was known when it was asked for. */
  async claimed(
    { instanceId, claim }: TurnInput,
    claimed: readonly ClaimedTask[],
    before: ClaimMoment,
  ): Promise<void> {
    const { ledger, violated } = this.#given
    if (claimed.length > 0 && !before.hasLease) violated(`${instanceId} claimed without a lease`)
    const now = this.latest()
    for (const { taskId, fence, funcName, dependsOn } of claimed) {
      const name = `${funcName} ${taskId}`
      if (!ledger.claim(taskId, fence)) violated(`${name} was claimed twice with fence ${fence}`)
      if (!claim?.funcNames.includes(funcName)) violated(`${name} went where nobody knows it`)
      if (before.paused.has(funcName)) violated(`${name} was claimed while it was paused`)
      const dueAt = this.#dueAt.get(taskId) ?? 0
      if (dueAt > now) violated(`${name} was claimed ${dueAt - now} ms before it was due`)
      if (dependsOn.length > 0) await this.#checkParents(taskId, dependsOn)
      if (funcName === 'limited') await this.#checkLimit()
    }
  }

  async #checkParents(taskId: string, dependsOn: string[]): Promise<void> {
    const { memory, violated } = this.#given
    const any = this.#anyway.has(taskId)
    for (const parent of await memory.get({ taskIds: dependsOn })) {
      const ended = parent?.endTime !== null && (any || parent?.status === 'success')
      if (!ended) violated(`${taskId} was claimed before ${parent?.taskId} had ended`)
    }
  }

  async #checkLimit(): Promise<void> {
    const { memory, violated } = this.#given
    const filter = { funcName: ['limited'], status: ['running' as const] }
    const { tasks } = await memory.list({ filter, limit: LIMIT + 1 })
    if (tasks.length > LIMIT) violated(`more than ${LIMIT} of limited run at once`)
  }

  /** What the storage's clock shows, or has shown before it was set back. Call it before that. */
  latest(): number {
    this.#latest = Math.max(this.#latest, this.#given.now())
    return this.#latest
  }
}
