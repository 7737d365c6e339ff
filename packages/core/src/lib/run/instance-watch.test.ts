import { describe, expect, it } from 'vitest'
import { InstanceWatch } from './instance-watch.ts'

const other = (given: object = {}) => ({
  instanceId: 'other',
  beat: 7,
  leaseOver: true,
  gone: false,
  ...given,
})
const judged = [{ instanceId: 'other', beat: 7 }]

describe('InstanceWatch', () => {
  it('buries nobody at first sight, though the lease is over', () => {
    expect(new InstanceWatch().look([other()], 0)).toEqual([])
  })

  it('buries who stood still for two beats with the lease over', () => {
    const watch = new InstanceWatch()
    expect(watch.look([other()], 0)).toEqual([])
    expect(watch.look([other()], 3_000)).toEqual([])
    expect(watch.look([other()], 6_000)).toEqual(judged)
  })

  it('leaves alone whose lease is not over', () => {
    const watch = new InstanceWatch()
    for (const at of [0, 3_000, 6_000, 9_000]) {
      expect(watch.look([other({ leaseOver: false })], at)).toEqual([])
    }
  })

  it('buries who stood still for two leases, whatever the clock of the storage says', () => {
    const watch = new InstanceWatch()
    const still = other({ leaseOver: false })
    for (let at = 0; at < 30_000; at += 3_000) expect(watch.look([still], at)).toEqual([])
    expect(watch.look([still], 30_000)).toEqual(judged)
  })

  it('starts over when the beat moved', () => {
    const watch = new InstanceWatch()
    watch.look([other()], 0)
    watch.look([other()], 3_000)
    expect(watch.look([other({ beat: 8 })], 6_000)).toEqual([])
  })

  it('starts over after a gap: we may have slept ourselves', () => {
    const watch = new InstanceWatch()
    watch.look([other()], 0)
    expect(watch.look([other()], 60_000)).toEqual([])
    expect(watch.look([other()], 63_000)).toEqual([])
    expect(watch.look([other()], 66_000)).toEqual(judged)
  })

  it('starts over after a failed look', () => {
    const watch = new InstanceWatch()
    watch.look([other()], 0)
    watch.look([other()], 3_000)
    watch.interrupted()
    expect(watch.look([other()], 6_000)).toEqual([])
  })

  it('buries at once whom the storage knows to be gone', () => {
    expect(new InstanceWatch().look([other({ leaseOver: false, gone: true })], 0)).toEqual(judged)
  })

  it('looks as often as it beats, but more often while the lease of one that is silent runs out', () => {
    const watch = new InstanceWatch()
    expect(watch.restMs).toBe(3_000)
    const rests = [0, 3_000, 6_000, 9_000, 10_000, 12_000, 12_500, 15_000, 15_500].map((at) => {
      watch.look([other({ leaseOver: false })], at)
      return watch.restMs
    })
    expect(rests).toEqual([3_000, 3_000, 3_000, 3_000, 2_000, 500, 500, 500, 3_000])
    watch.look([other({ beat: 8, leaseOver: false })], 16_000)
    expect(watch.restMs).toBe(3_000)
  })
})
