import type { TaskFilter } from '@taskflow/core'
import type { Session } from '../session.ts'

/** Clocks of those who make ids differ from that of the storage by less than this. */
const SLACK_MS = 3_600_000

/**
 * Ids are made in time order, so a range of time is a range of ids, and a page from last month need
 * not be looked for from today on. Only where ids are what they are said to be.
 */
export function idBounds(
  session: Session,
  { since, until }: TaskFilter,
): { from: string | null; to: string | null } {
  if ((since === undefined && until === undefined) || !tellTime(session)) {
    return { from: null, to: null }
  }
  return {
    from: since === undefined ? null : prefixOf(since - SLACK_MS),
    to: until === undefined ? null : prefixOf(until + SLACK_MS),
  }
}

/** Whether the oldest and the newest id tell when their tasks were made. */
function tellTime(session: Session): boolean {
  return ['min', 'max'].every((end) => {
    const row = session
      .sql(`select ids.id, coalesce(live.created_at, done.created_at) as at from {ids} as ids
        left join {live} as live on live.seq = ids.seq
        left join {done} as done on done.seq = ids.seq
        where ids.id = (select ${end}(id) from {ids})`)
      .get() as { id: string; at: number } | undefined
    if (row === undefined || !/^[0-9a-f]{8}-[0-9a-f]{4}-7/.test(row.id)) return false
    return Math.abs(Number.parseInt(row.id.slice(0, 13).replace('-', ''), 16) - row.at) < SLACK_MS
  })
}

/** How ids of an instant begin. */
function prefixOf(instant: number): string {
  const hex = Math.max(0, Math.floor(instant)).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}`
}
