import type { HintListener, StorageHint } from '../storage/parts.ts'
import type { ResolvedOptions } from './options.ts'
import { Outage } from './outage.ts'

/** What a hint sets going. */
export type HintActions = Partial<Record<StorageHint, () => void>>

/**
 * Listens to the storage's hints of what others did, so that nobody waits for the next beat or
 * poll. Hints may be lost, so all of them are taken as given when listening begins again.
 */
export class Hints {
  readonly #options: ResolvedOptions
  readonly #actions: HintActions
  readonly #outage: Outage
  #end: Promise<(() => Promise<void>) | undefined> = Promise.resolve(undefined)
  #cancelTimer = () => {}
  #stopped = false
  #up = true

  constructor(options: ResolvedOptions, actions: HintActions) {
    this.#options = options
    this.#actions = actions
    this.#outage = new Outage('hints of other instances wait for the storage', options.onError)
  }

  /** False from the loss of the connection that hints come by until it is there again. */
  get up(): boolean {
    return this.#up && !this.#outage.lasting
  }

  start(): void {
    this.#end = this.#listen()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancelTimer()
    const end = await this.#end
    await end?.().catch(this.#options.onError)
  }

  async #listen(): Promise<(() => Promise<void>) | undefined> {
    const { storage, clock } = this.#options
    const listener: HintListener = {
      hint: (kind) => {
        if (!this.#stopped) this.#actions[kind]?.()
      },
      up: (up) => {
        this.#up = up
        if (!up || this.#stopped) return
        this.#actOnAll()
      },
    }
    try {
      const end = await storage.listen?.(listener)
      const wasDown = this.#outage.lasting
      this.#outage.over()
      if (wasDown && !this.#stopped) this.#actOnAll()
      return end
    } catch (error) {
      const delayMs = this.#outage.failed(error, Math.random())
      this.#cancelTimer = clock.after(delayMs, () => {
        if (!this.#stopped) this.#end = this.#listen()
      })
      return undefined
    }
  }

  #actOnAll(): void {
    for (const act of Object.values(this.#actions)) act()
  }
}
