import type { LedgerLine } from './ledger-file.ts'

/** How long tasks waited from their acceptance to their first start, by who started them, in ms. */
export function pickUpsBy(lines: readonly LedgerLine[], counts: (pid: number) => boolean) {
  const acks = new Map(
    lines.filter(({ event }) => event === 'ack').map(({ taskId, at }) => [taskId, at]),
  )
  const times: number[] = []
  for (const { event, taskId, pid, at } of lines.toSorted((a, b) => a.at - b.at)) {
    const acked = acks.get(taskId)
    if (event !== 'start' || acked === undefined) continue
    acks.delete(taskId)
    // It may start before its caller hears that it was accepted.
    if (counts(pid)) times.push(Math.max(0, at - acked))
  }
  return times
}
