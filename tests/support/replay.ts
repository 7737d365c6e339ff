import type { LedgerEvent } from './instances.ts'

/**
 * How many handlers ran at once at most, by what they wrote. Those of a killed process ended with it:
 * when it was told to, or with the last that it wrote.
 */
export function mostAtOnce(events: readonly LedgerEvent[]): number {
  const lastOf = new Map(events.map(({ pid }, n) => [pid, n]))
  const killed = new Set(events.flatMap(({ event, pid }) => (event === 'kill' ? pid : [])))
  const running = new Map<string, number>()
  let most = 0
  events.forEach(({ event, taskId, pid }, n) => {
    if (event === 'start') running.set(`${taskId} ${pid}`, pid)
    if (event === 'end') running.delete(`${taskId} ${pid}`)
    most = Math.max(most, running.size)
    if (!killed.has(pid) || lastOf.get(pid) !== n) return
    for (const [key, owner] of running) if (owner === pid) running.delete(key)
  })
  return most
}
