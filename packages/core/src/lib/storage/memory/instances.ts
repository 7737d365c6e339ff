import type {
  BeatInput,
  InstanceBeat,
  InstanceDirectory,
  InstanceInfo,
  InstanceRecord,
} from '../contract.ts'

interface Lease {
  info: InstanceInfo
  beat: number
  startedAt: number
  lastBeatAt: number
  expiresAt: number
  running: number
  unresponsive: number
  state: 'running' | 'draining'
}

/** Who holds a lease. */
export class MemoryInstances implements InstanceDirectory {
  readonly #leases = new Map<string, Lease>()
  readonly #clock: () => number

  constructor(clock: () => number) {
    this.#clock = clock
  }

  /** Joins, renews or leaves; false when the lease is lost. */
  renew(input: BeatInput, now: number): boolean {
    const id = input.instance.instanceId
    const lease = this.#leases.get(id)
    if (input.leaving) return this.#leases.delete(id)
    if (input.beat > 0 && !lease) return false
    // Beats were stored that are gone: this is not the past that the instance knows.
    if (lease && lease.beat < (input.acked ?? 0)) return false
    this.#leases.set(id, {
      info: input.instance,
      // Beats may overtake each other, and come again when their answer was lost.
      beat: Math.max(input.beat, lease?.beat ?? 0),
      startedAt: lease?.startedAt ?? now,
      lastBeatAt: now,
      expiresAt: now + input.leaseMs,
      running: input.running,
      unresponsive: input.unresponsive ?? 0,
      state: input.state,
    })
    return true
  }

  has(instanceId: string | null): boolean {
    return instanceId !== null && this.#leases.has(instanceId)
  }

  /** True when the instance may claim. */
  live(instanceId: string, now: number): boolean {
    return (this.#leases.get(instanceId)?.expiresAt ?? 0) > now
  }

  others(instanceId: string, now: number): InstanceBeat[] {
    return [...this.#leases]
      .filter(([id]) => id !== instanceId)
      .map(([id, lease]) => ({
        instanceId: id,
        beat: lease.beat,
        leaseOver: lease.expiresAt <= now,
        // Memory ends with its only process.
        gone: false,
      }))
  }

  /** Removes an instance that still stands at the beat it was judged by. */
  bury(instanceId: string, beat: number): void {
    if (this.#leases.get(instanceId)?.beat === beat) this.#leases.delete(instanceId)
  }

  async list(input: { now?: number | undefined } = {}): Promise<InstanceRecord[]> {
    const now = input.now ?? this.#clock()
    return [...this.#leases.values()].map((lease) => ({
      ...lease.info,
      startedAt: lease.startedAt,
      lastBeatAt: lease.lastBeatAt,
      running: lease.running,
      unresponsive: lease.unresponsive,
      state: lease.expiresAt <= now ? 'stale' : lease.state,
    }))
  }
}
