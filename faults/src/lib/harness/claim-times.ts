import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TaskStorage } from '@taskflow/core'

const FILE = 'claim-times.txt'

/** Writes down how long each call took that claimed something, as its caller saw it. */
export function timeClaims(storage: TaskStorage, folder: string): TaskStorage {
  const turn = storage.turn.bind(storage)
  storage.turn = async (input) => {
    const began = performance.now()
    const result = await turn(input)
    const took = performance.now() - began
    if (result.claimed.length > 0) appendFileSync(join(folder, FILE), `${took.toFixed(2)}\n`)
    return result
  }
  return storage
}

/** What all victims wrote down, in order, in ms. */
export function readClaimTimes(folder: string): number[] {
  const file = join(folder, FILE)
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8').split('\n').slice(0, -1).map(Number)
}
