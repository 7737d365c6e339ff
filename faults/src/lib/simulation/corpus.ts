import { appendFileSync, readFileSync } from 'node:fs'

const FILE = new URL('../../../seeds.txt', import.meta.url)

/** Seeds that failed once, to be replayed for ever. */
export function failedSeeds(): number[] {
  const lines = readFileSync(FILE, 'utf8').split('\n')
  return lines.filter((line) => /^\d+$/.test(line)).map(Number)
}

/** Keeps a seed that failed. Twice is once. */
export function keepSeed(seed: number): void {
  if (!failedSeeds().includes(seed)) appendFileSync(FILE, `${seed}\n`)
}
