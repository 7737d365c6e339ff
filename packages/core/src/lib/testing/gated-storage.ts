import type { BeatInput, BeatResult, TurnInput, TurnResult } from '../storage/contract.ts'
import { MemoryStorage } from '../storage/memory/memory-storage.ts'
import type { HintListener } from '../storage/parts.ts'

/** Longer than any test moves time on. */
const LEASE_MS = 1e15

/** Memory for one manager, which hands out work only while its gate is open. */
export class GatedStorage extends MemoryStorage {
  readonly #listeners = new Set<HintListener>()
  readonly #ended: Promise<void>
  #end = () => {}
  #gate: { quiet(nextInMs: number | null): void; fail(error: Error): void } | null = null

  constructor(now: () => number) {
    super(now)
    this.#ended = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  /**
   * Hands out what is due until there is no more of it and all of it has ended. Resolves with how
   * long it is until the next pending task is due; null when none will be.
   */
  async run(): Promise<number | null> {
    try {
      return await new Promise((quiet, fail) => {
        this.#gate = { quiet, fail }
        this.#lookAgain()
      })
    } finally {
      this.#gate = null
    }
  }

  /** Closes the gate on a `run` that goes on. */
  fail(error: Error): void {
    this.#gate?.fail(error)
    this.#gate = null
  }

  /** The manager stops: a beat that waits for that may end. */
  end(): void {
    this.#end()
  }

  readonly listen = async (listener: HintListener) => {
    this.#listeners.add(listener)
    return async () => void this.#listeners.delete(listener)
  }

  /** There is no other instance to beat for, so that time can pass at no cost. */
  override async beat(input: BeatInput): Promise<BeatResult> {
    if (input.beat > 0 && !input.leaving) await this.#ended
    return super.beat({ ...input, leaseMs: LEASE_MS })
  }

  override async turn(input: TurnInput): Promise<TurnResult> {
    if (!this.#gate) return super.turn({ ...input, claim: null })
    const result = await super.turn(input)
    const running = await super.owned(input)
    if (running.length > 0) return result
    if (input.claim) this.#gate?.quiet(result.nextRunAt && result.nextRunAt - result.now)
    else this.#lookAgain()
    return result
  }

  #lookAgain(): void {
    for (const listener of this.#listeners) listener.hint('work')
  }
}
