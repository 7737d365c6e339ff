import { cronTimes } from './cron-times.ts'
import type { StoredTrigger, TimedTrigger } from './trigger.ts'

/** What decides when a schedule is due. */
export interface Timing {
  trigger: StoredTrigger
  /** Intervals lie on `anchor + k * everyMs`. */
  anchor: number
  /** No tick before; null for none. */
  startAt: number | null
  /** No tick after; null for none. */
  endAt: number | null
  /** Each tick comes up to this much later, by chance, but before the one after. */
  jitterMs: number
}

/** First instant after another at which something is due; null when none is left. */
type Next = (after: number) => number | null

/**
 * When a schedule is due: the same on every instance, whatever its clock, since everything follows
 * from what is stored.
 */
export class Timetable {
  readonly #scheduleId: string
  readonly #timing: Timing
  readonly #next: Next

  constructor(scheduleId: string, timing: Timing) {
    this.#scheduleId = scheduleId
    this.#timing = timing
    this.#next = nextOf(timing.trigger, timing.anchor)
  }

  /** The first tick that is planned for after an instant; null when none is left. */
  next(after: number): number | null {
    const at = this.#nominal(after)
    return at === null ? null : this.#start(at)
  }

  /** The tick that is planned for up to an instant and starts after it; null without one. */
  waiting(at: number): number | null {
    let low = at - this.#timing.jitterMs - 1
    // By halves: any number of ticks may be planned for a time as long as the jitter.
    for (let high = at; low < high; ) {
      const middle = Math.floor((low + high) / 2)
      const planned = this.#nominal(middle)
      if (planned === null || planned > at) high = middle
      else low = planned
    }
    if (this.#nominal(low - 1) !== low) return null
    const start = this.#start(low)
    return start > at ? start : null
  }

  /** The next ticks, at most `count`. */
  upcoming(after: number, count: number): number[] {
    const found: number[] = []
    for (let at = this.next(after); at !== null && found.length < count; at = this.next(at)) {
      found.push(at)
    }
    return found
  }

  /** The last ticks of a span, both ends included, oldest first; at most `count`. */
  latest(from: number, to: number, count: number): number[] {
    // However long the span: only as far back as it takes to find so many.
    for (let spanMs = count * 1_000; ; spanMs *= 4) {
      const start = Math.max(from, to - spanMs)
      const found: number[] = []
      for (let at = this.next(start - 1); at !== null && at <= to; at = this.next(at)) {
        found.push(at)
        if (found.length > count) found.shift()
      }
      if (found.length === count || start === from) return found
    }
  }

  /** When a tick starts that is planned for an instant. */
  #start(at: number): number {
    const { jitterMs, endAt } = this.#timing
    if (jitterMs === 0) return at
    const following = this.#nominal(at)
    const last = following === null ? (endAt ?? Number.POSITIVE_INFINITY) : following - 1
    const room = Math.min(jitterMs, last - at)
    return at + Math.floor(chance(`${this.#scheduleId} ${at}`) * (room + 1))
  }

  /** Without jitter. */
  #nominal(after: number): number | null {
    const { startAt, endAt } = this.#timing
    const at = this.#next(startAt === null ? after : Math.max(after, startAt - 1))
    return at === null || (endAt !== null && at > endAt) ? null : at
  }
}

function nextOf(trigger: StoredTrigger, anchor: number): Next {
  switch (trigger.type) {
    case 'interval': {
      const { everyMs } = trigger
      return (after) => anchor + (Math.floor((after - anchor) / everyMs) + 1) * everyMs
    }
    case 'cron':
      return cronTimes(trigger)
    case 'date':
      return (after) => (trigger.at > after ? trigger.at : null)
    case 'any': {
      const parts = trigger.of.map((part: TimedTrigger) => nextOf(part, anchor))
      return (after) => {
        const found = parts.map((next) => next(after)).filter((at) => at !== null)
        return found.length === 0 ? null : Math.min(...found)
      }
    }
    case 'shutdown':
      return () => null
  }
  // A newer version may have stored what this one does not know.
  throw new Error('unknown trigger')
}

/** A number from 0 to below 1 that depends on nothing but the text: FNV-1a, mixed once more. */
function chance(text: string): number {
  let hash = 0x811c9dc5
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39)
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32
}
