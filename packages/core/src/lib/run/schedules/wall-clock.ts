const DAY_MS = 86_400_000

/** How the clocks on the wall of a time zone go. What they show is told as if it were UTC. */
export class WallClock {
  readonly #format: Intl.DateTimeFormat

  /** @param timeZone an IANA name that is known to exist. */
  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  }

  /** What the clocks show at an instant. */
  at(instant: number): number {
    return instant + this.#offset(instant)
  }

  /**
   * When the clocks first show a time: the earlier of two instants where they show it twice, the
   * instant at which they leap where they leap over it. Null for a day that they leap over whole.
   */
  firstShows(wall: number): number | null {
    const [before, after] = [this.#offset(wall - DAY_MS), this.#offset(wall + DAY_MS)]
    const [early, late] = [wall - before, wall - after]
    if (this.#offset(early) === before) return early
    if (this.#offset(late) === after) return late
    const leap = this.#leap(late, early)
    const isSeen = [leap - 1, leap].some((edge) => dayOf(this.at(edge)) === dayOf(wall))
    return isSeen ? leap : null
  }

  /** The first instant after a change of the clocks that lies between two. */
  #leap(from: number, to: number): number {
    const changed = this.#offset(to)
    let [low, high] = [from, to]
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (this.#offset(middle) === changed) high = middle
      else low = middle
    }
    return high
  }

  #offset(instant: number): number {
    const whole = Math.floor(instant / 1_000) * 1_000
    const parts = new Map(this.#format.formatToParts(whole).map(({ type, value }) => [type, value]))
    const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type))
    const year = parts.get('era') === 'BC' ? 1 - part('year') : part('year')
    const date = new Date(0)
    date.setUTCFullYear(year, part('month') - 1, part('day'))
    date.setUTCHours(part('hour'), part('minute'), part('second'))
    return date.getTime() - whole
  }
}

const dayOf = (wall: number) => Math.floor(wall / DAY_MS)
