import type { TaskFilter } from '@taskflow/core'
import type { Big } from '../rows.ts'
import type { Runner } from '../runner.ts'
import { fromText } from '../text.ts'

/** Clocks of those who make ids differ from the server's by less than this. */
const SLACK_MS = 3_600_000

/** An id begins with the instant it was made at, and has its dashes where UUIDs have them. */
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Ends of a UUID that have a dash after 8 characters, as its beginning has, are this long. */
const ENDS_WITH_DASH = [21, 26, 31]

/** What a filter says about ids, where ids are what they are said to be; nulls do not bound. */
export interface IdRange {
  from: string | null
  to: string | null
  /** The search can only be the beginning of an id, and is within the bounds. */
  isPrefix: boolean
  /** The search can be no part of an id. */
  isNone: boolean
}

const ALL: IdRange = { from: null, to: null, isPrefix: false, isNone: false }

/**
 * Ids are made in time order, so a range of time is a range of ids, and a page from last month need
 * not be looked for from today on.
 */
export async function idRange(
  runner: Runner,
  { since, until, search }: TaskFilter,
): Promise<IdRange> {
  if (since === undefined && until === undefined && search === undefined) return ALL
  if (!(await tellTime(runner))) return ALL
  const from = since === undefined ? null : prefixOf(since - SLACK_MS)
  const to = until === undefined ? null : prefixOf(until + SLACK_MS)
  const text = search?.toLowerCase()
  if (text === undefined) return { ...ALL, from, to }
  const isPrefix = text[8] === '-' && !ENDS_WITH_DASH.includes(text.length)
  const isNone = !/^[0-9a-f-]*$/.test(text)
  return { from, to, isPrefix, isNone }
}

/** Whether the oldest and the newest ids tell when their tasks were made. */
async function tellTime(runner: Runner): Promise<boolean> {
  const ends = ['{live}', '{done}'].flatMap((table) =>
    ['asc', 'desc'].map(
      (order) => `(select id, created_at from ${table} order by id ${order} limit 1)`,
    ),
  )
  const rows = await runner.run<{ id: string; created_at: Big }>(ends.join(' union all '))
  return rows.every(({ id, created_at }) => {
    const text = fromText(id)
    const madeAt = Number.parseInt(text.slice(0, 13).replace('-', ''), 16)
    return UUID_V7.test(text) && Math.abs(madeAt - Number(created_at)) < SLACK_MS
  })
}

/** How ids of an instant begin. */
function prefixOf(instant: number): string {
  const hex = Math.max(0, Math.floor(instant)).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}`
}
