import { readdirSync, readFileSync } from 'node:fs'

/** What a process holds at one moment. */
export interface Resources {
  /** Monotonic, ms. */
  at: number
  /** Resident memory. */
  megabytes: number
  /** Open files and sockets. */
  handles: number
  threads: number
}

/** Looks at a process, by what Linux says of it. @throws Error when it is gone. */
export function resourcesOf(pid: number): Resources {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const number = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0)
  return {
    at: performance.now(),
    megabytes: number('VmRSS') / 1024,
    handles: readdirSync(`/proc/${pid}/fd`).length,
    threads: number('Threads'),
  }
}

/** How fast memory grows over the last half of the samples, in MB a minute, by least squares. */
export function growth(samples: readonly Resources[]): number {
  const last = samples.slice(Math.floor(samples.length / 2))
  const mean = (values: number[]) => values.reduce((sum, each) => sum + each, 0) / values.length
  const minutes = last.map(({ at }) => at / 60_000)
  const [x, y] = [mean(minutes), mean(last.map(({ megabytes }) => megabytes))]
  const spread = minutes.reduce((sum, at) => sum + (at - x) ** 2, 0)
  const along = last.reduce((sum, { at, megabytes }) => {
    return sum + (at / 60_000 - x) * (megabytes - y)
  }, 0)
  return spread === 0 ? 0 : along / spread
}
