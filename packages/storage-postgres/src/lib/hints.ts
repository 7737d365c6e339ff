import type { StorageHint } from '@taskflow/core'
import type { Store } from './store.ts'

const LETTERS: Record<StorageHint, string> = {
  work: 'w',
  cancels: 'c',
  changes: 'n',
  schedules: 's',
}
const KINDS = new Map(Object.entries(LETTERS).map(([kind, letter]) => [letter, kind]))

/**
 * Hints at the least this far apart: commits that notify wait for each other in the server, so there
 * must be few of them. After a rest the first goes out at once.
 */
const EVERY_MS = 10
/** What only a dashboard waits for. */
const CHANGES_EVERY_MS = 250

/** Nothing waits for the disk: a hint that a crash loses is none. */
export const NOTIFY = `select set_config('synchronous_commit', 'off', true), pg_notify($1, $2)`

export function channelOf(epoch: string): string {
  return `taskflow:${epoch}`
}

/** Hints as the text of a notification. */
export function encodeHints(kinds: Iterable<StorageHint>): string {
  return [...kinds].map((kind) => LETTERS[kind]).join('')
}

export function decodeHints(text: string): StorageHint[] {
  return [...text].flatMap((letter) => (KINDS.get(letter) as StorageHint | undefined) ?? [])
}

/** Tells other processes what this one did, gathered: never once for each insert under load. */
export class Notifier {
  readonly #store: Store
  readonly #pending = new Set<StorageHint>()
  #timer: NodeJS.Timeout | undefined
  #soon: NodeJS.Immediate | undefined
  #sentAt = Number.NEGATIVE_INFINITY
  #sending = false
  #closed = false

  constructor(store: Store) {
    this.#store = store
  }

  /** To be called after the commit. */
  tell(...kinds: StorageHint[]): void {
    if (this.#closed) return
    for (const kind of kinds) this.#pending.add(kind)
    this.#plan()
  }

  /** Tells what is left: a brief process may have inserted its tasks just now. */
  close(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#soon)
    if (!this.#closed && this.#pending.size > 0) void this.#send()
    this.#closed = true
  }

  #plan(): void {
    if (this.#sending || this.#pending.size === 0 || this.#closed) return
    const everyMs = [...this.#pending].every((kind) => kind === 'changes')
      ? CHANGES_EVERY_MS
      : EVERY_MS
    const waitMs = this.#sentAt + everyMs - performance.now()
    clearTimeout(this.#timer)
    clearImmediate(this.#soon)
    // Behind what the caller does next: the claim of a task that was just stored goes first.
    if (waitMs <= 0) this.#soon = setImmediate(() => void this.#send())
    else this.#timer = setTimeout(() => void this.#send(), waitMs).unref()
  }

  async #send(): Promise<void> {
    const text = encodeHints(this.#pending)
    this.#pending.clear()
    this.#sending = true
    this.#sentAt = performance.now()
    try {
      await this.#store.work((runner) => runner.run(NOTIFY, [channelOf(this.#store.epoch), text]))
    } catch {
      // Only a hint: whoever misses it looks by itself.
    }
    this.#sending = false
    this.#plan()
  }
}
