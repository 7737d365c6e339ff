import type { BeatInput, BeatResult, FunctionInfo, InstanceRecord } from '@taskflow/core'
import type { Store } from '../store.ts'
import { heads, nextRunAt } from './claim.ts'
import { sweepMinutes } from './rollup.ts'
import { cancels } from './turn.ts'

interface InstanceRow {
  id: string
  beat: number
  expires_at: number
  started_at: number
  last_beat_at: number
  running: number
  state: 'running' | 'draining'
  host: string
  pid: number
  version: string
  functions: string
}

export function beat(store: Store, input: BeatInput, now: number): BeatResult {
  const { instanceId } = input.instance
  const alive = input.leaving === true ? leave(store, instanceId) : keepAlive(store, input, now)
  sweepMinutes(store, now)
  const rows = store
    .sql('select id, beat, expires_at from {instances} where id <> ? order by seq')
    .all(instanceId) as Pick<InstanceRow, 'id' | 'beat' | 'expires_at'>[]
  const others = rows.map(({ id, beat, expires_at }) => ({
    instanceId: id,
    beat,
    leaseOver: expires_at <= now,
    gone: false,
  }))
  // Files are looked at once the write lock is free again.
  store.after(() => {
    for (const other of others) other.gone = store.locks.gone(other.instanceId)
  })
  const running = store
    .sql('select count(*) as n from {live} where state = 3 and instance = ?')
    .get(instanceId) as { n: number }
  const names = input.instance.functions.map(({ funcName }) => funcName)
  return {
    alive,
    others,
    cancels: cancels(store, instanceId),
    owned: running.n,
    nextRunAt: nextRunAt(heads(store, names)),
    now,
  }
}

export function instances(store: Store, now: number): InstanceRecord[] {
  const rows = store.sql('select * from {instances} order by seq').all() as InstanceRow[]
  return rows.map((row) => ({
    instanceId: row.id,
    host: row.host,
    pid: row.pid,
    version: row.version,
    functions: JSON.parse(row.functions) as FunctionInfo[],
    startedAt: row.started_at,
    lastBeatAt: row.last_beat_at,
    running: row.running,
    state: row.expires_at <= now ? 'stale' : row.state,
  }))
}

function leave(store: Store, instanceId: string): boolean {
  const { changes } = store.sql('delete from {instances} where id = ?').run(instanceId)
  store.after(() => store.locks.remove(instanceId))
  return changes === 1
}

function keepAlive(store: Store, input: BeatInput, now: number): boolean {
  const { instance, beat, running, state } = input
  const { instanceId } = instance
  const row = store.sql('select beat from {instances} where id = ?').get(instanceId) as
    | Pick<InstanceRow, 'beat'>
    | undefined
  if (row === undefined && beat !== 0) return false
  // An id that is in use may not join; a join whose answer was lost is only repeated.
  if (row !== undefined && beat === 0 && row.beat !== 0) return false
  // Before the row is there to be seen: who sees it without a lock would take it for dead.
  store.locks.hold(instanceId)
  const expiresAt = now + input.leaseMs
  const functions = JSON.stringify(instance.functions)
  if (row === undefined) {
    store
      .sql(`insert into {instances} (id, beat, expires_at, started_at, last_beat_at, running, state,
        host, pid, version, functions) values (?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
      .run(
        instanceId,
        expiresAt,
        now,
        now,
        running,
        state,
        instance.host,
        instance.pid,
        instance.version,
        functions,
      )
  } else if (beat > row.beat || beat === 0) {
    store
      .sql(`update {instances} set beat = ?, expires_at = ?, last_beat_at = ?, running = ?, state = ?,
        functions = ? where id = ?`)
      .run(beat, expiresAt, now, running, state, functions, instanceId)
  }
  return true
}
