import type { InstanceBeat } from '../storage/contract.ts'

/** Each instance beats so often, and looks at the others with each beat. */
export const BEAT_MS = 3_000
/** How long a beat lets an instance live. */
export const LEASE_MS = 15_000
/** How often to look while the lease of one that is silent runs out. */
const SOON_MS = 500

/** Looks further apart than this prove nothing: we may have slept ourselves. */
const LONGEST_GAP_MS = 6_000
/** A lease that is over must also have stood still this long before our own eyes. */
const STILL_MS = 6_000
/** Whatever the storage's clock says, nobody alive stands still this long: two leases. */
const STILL_AT_MOST_MS = 30_000

interface Sighting {
  beat: number
  /** When this beat was first seen, on the monotonic clock. */
  since: number
}

/**
 * Decides which instances are dead. A lease that is over is not enough: a stopped container, a
 * suspended laptop or a clock step lets leases run out while their owners live. So the same beat
 * must have been seen again and again, on our own monotonic clock, without a gap.
 */
export class InstanceWatch {
  readonly #seen = new Map<string, Sighting>()
  #lastLook: number | null = null
  #restMs = BEAT_MS

  /** How long until the next look. */
  get restMs(): number {
    return this.#restMs
  }

  /** Takes the others as a beat reported them; returns those to bury. */
  look(others: readonly InstanceBeat[], monotonic: number): { instanceId: string; beat: number }[] {
    if (this.#lastLook === null || monotonic - this.#lastLook > LONGEST_GAP_MS) this.#seen.clear()
    this.#lastLook = monotonic
    this.#restMs = BEAT_MS
    const dead = others.filter((other) => {
      const seen = this.#seen.get(other.instanceId)
      if (seen?.beat !== other.beat) {
        this.#seen.set(other.instanceId, { beat: other.beat, since: monotonic })
        return other.gone
      }
      const still = monotonic - seen.since
      if (!other.leaseOver) this.#restMs = Math.min(this.#restMs, restOf(still))
      return other.gone || (other.leaseOver && still >= STILL_MS) || still >= STILL_AT_MOST_MS
    })
    const known = new Set(others.map(({ instanceId }) => instanceId))
    for (const id of this.#seen.keys()) if (!known.has(id)) this.#seen.delete(id)
    return dead.map(({ instanceId, beat }) => ({ instanceId, beat }))
  }

  /** A look failed: what was seen before it proves nothing any more. */
  interrupted(): void {
    this.#seen.clear()
    this.#lastLook = null
    this.#restMs = BEAT_MS
  }
}

/**
 * How long until the next look at one that stands still so long. It was seen up to a beat after it
 * beat, so its lease runs out within the beat before it was seen for a lease.
 */
function restOf(still: number): number {
  const earliest = LEASE_MS - BEAT_MS
  if (still >= LEASE_MS + SOON_MS) return BEAT_MS
  return still >= earliest ? SOON_MS : earliest - still
}
