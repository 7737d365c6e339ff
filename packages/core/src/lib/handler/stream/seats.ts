import { TryLater } from '../problem.ts'

export interface SeatLimits {
  maxStreams: number
  maxStreamsPerSession: number
}

/** Counts open streams, all together and per session. */
export class Seats {
  readonly #limits: SeatLimits
  readonly #ofOwner = new Map<string, number>()
  #taken = 0

  constructor(limits: SeatLimits) {
    this.#limits = limits
  }

  /**
   * Takes a seat and returns what gives it back, once.
   *
   * @param owner session or user; null where visitors are not told apart.
   * @throws TryLater `unavailable` when there is none.
   */
  take(owner: string | null): () => void {
    const { maxStreams, maxStreamsPerSession } = this.#limits
    const own = owner === null ? 0 : (this.#ofOwner.get(owner) ?? 0)
    if (this.#taken >= maxStreams) throw full('here')
    if (own >= maxStreamsPerSession) throw full('in this session')
    this.#taken += 1
    if (owner !== null) this.#ofOwner.set(owner, own + 1)
    let taken = true
    return () => {
      if (!taken) return
      taken = false
      this.#taken -= 1
      if (owner === null) return
      const left = (this.#ofOwner.get(owner) ?? 1) - 1
      if (left > 0) this.#ofOwner.set(owner, left)
      else this.#ofOwner.delete(owner)
    }
  }
}

/** Not all of them are to come back at once. */
function full(where: string): TryLater {
  const seconds = 5 + Math.floor(Math.random() * 10)
  return new TryLater('unavailable', `too many streams are open ${where}`, seconds)
}
