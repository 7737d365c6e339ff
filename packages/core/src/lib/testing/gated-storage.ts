import type { BeatInput, BeatResult, TurnInput, TurnResult } from '../storage/contract.ts'
import { MemoryStorage } from '../storage/memory/memory-storage.ts'
import type { HintListener } from '../storage/parts.ts'

/** Longer than any test moves time on. */
const LEASE_MS = 1e15

interface Gate {
  quiet(nextInMs: number | null): void
  fail(error: Error): void
  /** Functions of which nothing was due, and how long until something is. */
  found: Map<string, number>
}

/** Memory for one manager, which hands out work only while its gate is open. */
export class GatedStorage extends MemoryStorage {
  readonly #listeners = new Set<HintListener>()
  readonly #ended: Promise<void>
  #end = () => {}
  #over: Error | null = null
  #gate: Gate | null = null
  /** All that the manager may claim. */
  #funcNames: string[] = []

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
    if (this.#over) throw this.#over
    if (this.#funcNames.length === 0) return null
    return new Promise((quiet, fail) => {
      this.#gate = { quiet, fail, found: new Map() }
      this.#lookAgain()
    })
  }

  /** Closes the gate on a `run` that goes on. */
  fail(error: Error): void {
    this.#gate?.fail(error)
    this.#gate = null
  }

  /** The manager stops: a beat that waits for that may end, and nothing runs any more. */
  end(error: Error): void {
    this.#over = error
    this.fail(error)
    this.#end()
  }

  readonly listen = async (listener: HintListener) => {
    this.#listeners.add(listener)
    return async () => void this.#listeners.delete(listener)
  }

  /** There is no other instance to beat for, so that time can pass at no cost. */
  override async beat(input: BeatInput): Promise<BeatResult> {
    this.#funcNames = input.instance.functions.map(({ funcName }) => funcName)
    if (input.beat > 0 && !input.leaving) await this.#ended
    return super.beat({ ...input, leaseMs: LEASE_MS })
  }

  override async turn(input: TurnInput): Promise<TurnResult> {
    if (!this.#gate) return super.turn({ ...input, claim: null })
    const result = await super.turn(input)
    const running = await super.owned(input)
    if (this.#gate) this.#look(this.#gate, input.claim?.funcNames ?? [], result, running.length > 0)
    return result
  }

  /** It is quiet when nothing runs and each function was asked for since, in vain. */
  #look(gate: Gate, asked: string[], { nextRunAt, now }: TurnResult, busy: boolean): void {
    if (busy) {
      gate.found.clear()
      return
    }
    const inMs = nextRunAt === null ? Number.POSITIVE_INFINITY : nextRunAt - now
    for (const funcName of asked) gate.found.set(funcName, inMs)
    if (!this.#funcNames.every((funcName) => gate.found.has(funcName))) {
      this.#lookAgain()
      return
    }
    // At once: another turn may be under way.
    this.#gate = null
    const soonest = Math.min(...gate.found.values())
    gate.quiet(soonest < Number.POSITIVE_INFINITY ? soonest : null)
  }

  #lookAgain(): void {
    for (const listener of this.#listeners) listener.hint('work')
  }
}
