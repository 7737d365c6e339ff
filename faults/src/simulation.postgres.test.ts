import { postgresStorage } from '@taskflow/storage-postgres'
import { expect, inject, it } from 'vitest'
import { firstDifference } from './lib/simulation/differential.ts'
import type { RecordedCall } from './lib/simulation/recorder.ts'
import { simulate } from './lib/simulation/simulate.ts'

it('what managers ask under random faults is answered by Postgres as by memory', async () => {
  for (let seed = 0; seed < 4; seed++) {
    const calls: RecordedCall[] = []
    await simulate(seed, { calls })
    const url = inject('postgresUrl')
    const schema = `simulation_${process.pid}_${seed}`
    const storage = postgresStorage({ url, schema, max: 2, listen: false })
    await storage.open()
    expect(await firstDifference(calls, storage), `seed ${seed}`).toBeNull()
    await storage.close()
  }
}, 300_000)
