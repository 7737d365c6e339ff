import { sqliteStorage } from '@taskflow/storage-sqlite'
import { afterAll, describe, expect, it } from 'vitest'
import { failedSeeds } from './lib/simulation/corpus.ts'
import { firstDifference } from './lib/simulation/differential.ts'
import type { RecordedCall } from './lib/simulation/recorder.ts'
import { kindOf, shrink, stepsOf } from './lib/simulation/shrink.ts'
import { simulate } from './lib/simulation/simulate.ts'
import { VARIANTS, type Variant } from './lib/simulation/variants.ts'

const SEEDS_AT_ONCE = 250
const blocks = Array.from({ length: 8 }, (_, n) => n * SEEDS_AT_ONCE)

// A seed that fails is replayed with `npm run simulate -w faults -- SEED`.
describe('managers under random faults', { timeout: 300_000 }, () => {
  it.each(blocks)('keep every promise (250 seeds from %i)', async (from) => {
    const broken = []
    for (let seed = from; seed < from + SEEDS_AT_ONCE; seed++) {
      const { violations } = await simulate(seed)
      if (violations.length > 0) broken.push({ seed, violations })
    }
    expect(broken).toEqual([])
  })

  it('keep the promises that they broke once', async () => {
    for (const seed of failedSeeds()) {
      expect(await simulate(seed), `seed ${seed}`).toMatchObject({ violations: [] })
    }
  })

  it('do the same each time for the same seed', async () => {
    const verbs = async () => {
      const calls: RecordedCall[] = []
      await simulate(11, { calls })
      return calls.map(({ verb }) => verb)
    }
    const first = await verbs()
    expect(first.length).toBeGreaterThan(100)
    expect(await verbs()).toEqual(first)
  })
})

afterAll(() => {
  const { user, system } = process.cpuUsage()
  process.stderr.write(`simulated worlds: ${Math.round((user + system) / 1e6)} s of CPU\n`)
})

describe('the simulation', { timeout: 300_000 }, () => {
  it.each(VARIANTS)('finds a storage that $name', async (variant) => {
    const found: string[] = []
    for (let seed = 0; seed < SEEDS_AT_ONCE && !variant.finds.test(found.join()); seed++) {
      found.push(...(await simulate(seed, { variant })).violations)
    }
    expect(found.join('\n')).toMatch(variant.finds)
  })

  it('leaves out what a broken world does not take', async () => {
    const variant = VARIANTS.find(({ name }) => name === 'keeps no limit')
    const seed = await firstBroken(variant)
    const shortest = await shrink(seed, { variant })
    const steps = stepsOf(shortest ?? { done: [] })
    expect(steps.length).toBeGreaterThan(0)
    expect(steps.length).toBeLessThan(10)
    const again = await simulate(seed, { variant, only: steps })
    expect(again.violations).toEqual(shortest?.violations)
    const kind = kindOf(again.violations[0] ?? '')
    for (const step of steps) {
      const only = steps.filter((other) => other !== step)
      const { violations } = await simulate(seed, { variant, only })
      expect(violations.map(kindOf)).not.toContain(kind)
    }
    expect(await shrink(seed)).toBeNull()
  })
})

async function firstBroken(variant: Variant | undefined): Promise<number> {
  for (let seed = 0; ; seed++) {
    const { violations } = await simulate(seed, { variant })
    if (violations.length > 0) return seed
  }
}

describe('what managers ask under random faults', { timeout: 300_000 }, () => {
  it('is answered by SQLite as by memory', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const calls: RecordedCall[] = []
      await simulate(seed, { calls })
      const storage = sqliteStorage({ file: ':memory:', worker: false })
      await storage.open()
      expect(await firstDifference(calls, storage), `seed ${seed}`).toBeNull()
      await storage.close()
    }
  })

  it('is compared answer by answer', async () => {
    const calls: RecordedCall[] = []
    await simulate(1, { calls })
    const claim = calls.find(({ verb, output }) => {
      return verb === 'turn' && (output as { claimed: unknown[] }).claimed.length > 0
    })
    const { claimed } = (claim?.output ?? { claimed: [] }) as { claimed: { fence: number }[] }
    for (const task of claimed) task.fence++
    const storage = sqliteStorage({ file: ':memory:', worker: false })
    await storage.open()
    expect(await firstDifference(calls, storage)).toMatch(/turn: expected .*"fence":2/)
    await storage.close()
  })
})
