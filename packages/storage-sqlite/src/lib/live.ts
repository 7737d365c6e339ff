import type { Session } from './session.ts'

/** A live task, as far as a change of state needs it. */
export interface LiveRow {
  seq: number
  id: string
  kind: number
  state: number
  fence: number
  attempts: number
  children: boolean
  runAt: number
  owner: number | null
  startedAt: number | null
  cancelAt: number | null
  meta: string | null
  notes: string | null
}

const COLUMNS =
  'live.seq, live.id, live.kind, live.state, live.fence, live.attempts, live.children, live.run_at, live.owner, live.started_at, live.cancel_at, live.meta, live.notes'

const BY_IDS = `select ${COLUMNS} from json_each(?) as wanted
  cross join {ids} as ids on ids.id = wanted.value cross join {live} as live on live.seq = ids.seq`

/** Live tasks by id; those that are not live are left out. */
export function liveByIds(session: Session, taskIds: readonly string[]): Map<string, LiveRow> {
  const found = new Map<string, LiveRow>()
  for (const row of session.rows(BY_IDS).all(JSON.stringify(taskIds)) as LiveTuple[]) {
    found.set(row[1], toLive(row))
  }
  return found
}

export function liveById(session: Session, taskId: string): LiveRow | undefined {
  return liveByIds(session, [taskId]).get(taskId)
}

/**
 * Tasks whose owner has no lease. Through the index of those that run, whatever statistics say: the
 * others may be a million.
 */
export function liveOrphans(session: Session, limit: number): LiveRow[] {
  const rows = session.rows(`select ${COLUMNS} from {live} as live indexed by {live_running}
    where live.state = 3 and live.owner not in (select owner from {instances}) limit +?`)
  return (rows.all(limit) as LiveTuple[]).map(toLive)
}

type LiveTuple = [
  seq: number,
  id: string,
  kind: number,
  state: number,
  fence: number,
  attempts: number,
  children: number,
  runAt: number,
  owner: number | null,
  startedAt: number | null,
  cancelAt: number | null,
  meta: string | null,
  notes: string | null,
]

function toLive(row: LiveTuple): LiveRow {
  return {
    seq: row[0],
    id: row[1],
    kind: row[2],
    state: row[3],
    fence: row[4],
    attempts: row[5],
    children: row[6] === 1,
    runAt: row[7],
    owner: row[8],
    startedAt: row[9],
    cancelAt: row[10],
    meta: row[11],
    notes: row[12],
  }
}
