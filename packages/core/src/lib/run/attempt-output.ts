import type { Clock } from '../clock.ts'
import type { ObserverChain } from '../observers/observer-chain.ts'
import { LOG_LEVELS, type LogLevel, type LogStream } from '../record.ts'
import type { ClaimedTask } from '../storage/contract.ts'
import { AttemptLog } from './attempt-log.ts'
import { describeError } from './describe-error.ts'

/** Characters of a progress message. */
const MAX_PROGRESS = 1_000

/** Where what an attempt writes goes, and how much of it is kept. */
export interface OutputSettings {
  clock: Clock
  observers: ObserverChain
  maxLogLines: number
  maxLogBytes: number
}

/** What an attempt writes: to its log and to observers, without the payload's secrets. */
export class AttemptOutput {
  readonly log: AttemptLog
  /** Takes the payload's secrets out of what is written and thrown. */
  hide = asItIs
  readonly #claimed: ClaimedTask
  readonly #settings: OutputSettings

  constructor(claimed: ClaimedTask, settings: OutputSettings) {
    this.#claimed = claimed
    this.#settings = settings
    this.log = new AttemptLog({
      attempt: claimed.attemptsMade - 1,
      written: claimed.logCount,
      maxLines: settings.maxLogLines,
      maxBytes: settings.maxLogBytes,
    })
  }

  write(stream: LogStream, given: LogLevel, message: unknown): void {
    const at = this.#settings.clock.now()
    const { hide } = this
    const text = typeof message === 'string' ? hide(message) : describeError(message, hide).error
    // Code without types may pass anything, and a storage knows no other levels.
    const level = LOG_LEVELS.includes(given) ? given : 'info'
    if (!this.log.add(stream, level, text, at)) return
    const { taskId, funcName, tags, attemptsMade } = this.#claimed
    const attempt = attemptsMade - 1
    const { observers } = this.#settings
    observers.log({ taskId, funcName, attempt, stream, level, message: text, at, tags })
  }

  progress(fraction: number, message: string | undefined): void {
    const bounded = Math.min(Math.max(Number(fraction) || 0, 0), 1)
    const text = typeof message === 'string' ? this.hide(message).slice(0, MAX_PROGRESS) : null
    this.log.progress({ fraction: bounded, message: text })
  }
}

const asItIs = (text: string) => text
