import { asUnavailable, TaskflowError } from '../../errors.ts'
import { checkOptionNames } from '../../option-names.ts'
import { lastWords } from '../last-words.ts'
import { claimForShutdown, shutdownSchedules } from '../schedules/at-shutdown.ts'
import type { HandBack } from '../settled.ts'
import { stopOnSignals } from '../stop-on-signals.ts'
import type { ManagerParts } from './parts.ts'

/** How long a stop waits, and for what. */
export interface StopOptions {
  /** For handlers to end by themselves, in ms. [15 000] */
  graceMs?: number
  /** For handlers to heed their signal, in ms. [5 000] */
  abortMs?: number
}

/** The start and the stop of a manager, each once. */
export class Lifetime {
  readonly #parts: ManagerParts
  readonly #stopping = new AbortController()
  #started: Promise<void> | null = null
  #stopped: Promise<HandBack> | null = null
  #hurry = () => {}
  #letGo = () => {}

  constructor(parts: ManagerParts) {
    this.#parts = parts
  }

  get stopping(): AbortSignal {
    return this.#stopping.signal
  }

  get running(): boolean {
    return this.#started !== null && this.#stopped === null
  }

  start(): Promise<void> {
    if (this.#stopped) return Promise.reject(stoppedBefore())
    this.#started ??= this.#start().catch((error) => {
      this.#started = null
      throw error
    })
    return this.#started
  }

  /** A second call skips the waiting. */
  async stop(options: StopOptions = {}): Promise<HandBack> {
    if (this.#stopped) this.#hurry()
    else {
      checkOptionNames(options, { graceMs: true, abortMs: true }, { where: 'stop' })
      const { graceMs = 15_000, abortMs = 5_000 } = options
      for (const [option, ms] of Object.entries({ graceMs, abortMs })) {
        if (ms >= 0) continue
        const message = `stop: ${option}: expected milliseconds of 0 or more, got ${String(ms)}`
        throw new TaskflowError('invalid_input', message)
      }
      this.#stopped = this.#stop(graceMs, abortMs)
    }
    return this.#stopped
  }

  async #start(): Promise<void> {
    const { opening, schedules, heartbeat, hints, retention, options } = this.#parts
    await opening.open()
    await schedules.prepared()
    if (this.#stopped) throw stoppedBefore()
    await heartbeat.start().catch((error) => {
      throw asUnavailable(error)
    })
    if (this.#stopped) throw stoppedBefore()
    hints.start()
    await schedules.start()
    if (this.#stopped) throw stoppedBefore()
    retention.start()
    const release = options.clock.hold()
    const unhook = options.handleSignals ? stopOnSignals(this, options.onError) : () => {}
    this.#letGo = () => {
      release()
      unhook()
    }
  }

  async #stop(graceMs: number, abortMs: number): Promise<HandBack> {
    const { opening, schedules, heartbeat, hints, retention, options } = this.#parts
    const { dispatcher, results, intake, observers, waits } = this.#parts
    const hurry = new Promise<void>((resolve) => {
      this.#hurry = resolve
    })
    this.#stopping.abort()
    const pruned = retention.stop()
    const unheard = hints.stop()
    heartbeat.drain()
    await this.#runAtShutdown(graceMs, hurry)
    dispatcher.drain()
    await dispatcher.idle(graceMs, hurry)
    dispatcher.abortForShutdown()
    results.close()
    await dispatcher.idle(abortMs, hurry)
    // What still runs elsewhere ends here, so that nobody else starts it while it does.
    for (const executor of options.executors.values()) {
      await this.#last(`executor ${executor.name}`, () => executor.close?.())
    }
    const report = await dispatcher.handBack()
    await this.#last('schedules', () => schedules.stop())
    // Until here handlers that were waited for could enqueue what follows them.
    await this.#last('enqueues', () => intake.close())
    await this.#last('waiting times', () => waits.close())
    // Also of a start that ends as this stop goes on. The lease of an unreachable storage ends by itself.
    if (heartbeat.instanceId) await this.#last('lease', () => heartbeat.leave())
    await observers.close()
    await this.#last('hints', () => unheard)
    await this.#last('retention', () => pruned)
    await this.#last('opening', () => opening.settled())
    await lastWords('storage', () => options.storage.close(), options).finally(this.#letGo)
    return report
  }

  /** Starts what is to run when this instance stops; the handlers are waited for like all others. */
  async #runAtShutdown(graceMs: number, hurry: Promise<void>): Promise<void> {
    const { schedules, heartbeat, options, dispatcher, scheduled } = this.#parts
    const stopped = schedules.stop()
    if (heartbeat.instanceId === '' || shutdownSchedules(schedules).length === 0) return
    const claiming = claimForShutdown(schedules, heartbeat.instanceId, options, {
      stored: (task) => scheduled([task]),
      claimed: (task) => dispatcher.start(task),
    })
    let cancelTimer = () => {}
    const over = new Promise<void>((resolve) => {
      cancelTimer = options.clock.after(graceMs, resolve)
    })
    await Promise.race([Promise.all([stopped, claiming]), over, hurry]).catch(options.onError)
    cancelTimer()
  }

  /** A part of a shutdown that holds up no other, whatever becomes of it. */
  #last(part: string, work: () => Promise<unknown> | undefined): Promise<void> {
    const { options } = this.#parts
    return lastWords(part, work, options).catch(options.onError)
  }
}

function stoppedBefore(): TaskflowError {
  const message = 'TaskManager: start: it has been stopped; make a new one'
  return new TaskflowError('configuration', message)
}
