import type { BeatInput, BeatResult, FunctionInfo, InstanceRecord } from '@taskflow/core'
import type { Store } from '../store.ts'
import { firstRunAt, heads } from './claim.ts'
import { fold } from './rollup.ts'
import { schedulesVersion } from './schedules.ts'
import { cancels } from './turn.ts'

interface InstanceRow {
  owner: number
  beat: number
  expires_at: number
  started_at: number
  last_beat_at: number
  running: number
  unresponsive: number
  state: 'running' | 'draining'
  host: string
  pid: number
  version: string
  functions: string
}

export function beat(store: Store, input: BeatInput, now: number): BeatResult {
  const { instanceId } = input.instance
  const alive = input.leaving === true ? leave(store, instanceId) : keepAlive(store, input, now)
  fold(store, now)
  const owner = store.owners.find(instanceId)
  const rows = store
    .sql('select owner, beat, expires_at from {instances} where owner <> ? order by owner')
    .all(owner ?? 0) as Pick<InstanceRow, 'owner' | 'beat' | 'expires_at'>[]
  const others = rows.map((row) => ({
    instanceId: store.owners.name(row.owner) ?? '',
    beat: row.beat,
    leaseOver: row.expires_at <= now,
    gone: false,
  }))
  // Files are looked at once the write lock is free again.
  store.after(() => {
    for (const other of others) other.gone = store.locks.gone(other.instanceId)
  })
  const running = store
    .sql('select count(*) as n from {live} where state = 3 and owner = ?')
    .get(owner ?? 0) as { n: number }
  const names = input.instance.functions.map(({ funcName }) => funcName)
  return {
    alive,
    others,
    cancels: cancels(store, owner),
    owned: running.n,
    nextRunAt: firstRunAt(heads(store, names)),
    schedulesVersion: schedulesVersion(store),
    now,
  }
}

export function instances(store: Store, now: number): InstanceRecord[] {
  const rows = store
    .sql('select * from {instances} order by started_at, owner')
    .all() as InstanceRow[]
  return rows.map((row) => ({
    instanceId: store.owners.name(row.owner) ?? '',
    host: row.host,
    pid: row.pid,
    version: row.version,
    functions: JSON.parse(row.functions) as FunctionInfo[],
    startedAt: row.started_at,
    lastBeatAt: row.last_beat_at,
    running: row.running,
    unresponsive: row.unresponsive,
    state: row.expires_at <= now ? 'stale' : row.state,
  }))
}

function leave(store: Store, instanceId: string): boolean {
  const owner = store.owners.find(instanceId)
  const { changes } = store.sql('delete from {instances} where owner = ?').run(owner ?? 0)
  store.after(() => store.locks.remove(instanceId))
  return changes === 1
}

function keepAlive(store: Store, input: BeatInput, now: number): boolean {
  const { instance, beat, running, unresponsive = 0, state } = input
  const { instanceId } = instance
  const known = store.owners.find(instanceId)
  const row = store.sql('select beat from {instances} where owner = ?').get(known ?? 0) as
    | Pick<InstanceRow, 'beat'>
    | undefined
  const isBuried = row === undefined && beat !== 0
  // Beats were stored that are gone: this is not the past that the instance knows.
  const isOlder = row !== undefined && row.beat < (input.acked ?? 0)
  if (isBuried || isOlder) {
    // It goes on under another id.
    store.after(() => store.locks.remove(instanceId))
    return false
  }
  // Before the row is there to be seen: who sees it without a lock would take it for dead.
  store.locks.hold(instanceId)
  const expiresAt = now + input.leaseMs
  const functions = JSON.stringify(instance.functions)
  if (row === undefined) {
    store
      .sql(`insert into {instances} (owner, beat, expires_at, started_at, last_beat_at, running,
        unresponsive, state, host, pid, version, functions)
        values (?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
      .run(
        store.owners.numberOf(instanceId),
        expiresAt,
        now,
        now,
        running,
        unresponsive,
        state,
        instance.host,
        instance.pid,
        instance.version,
        functions,
      )
  } else {
    // Beats may overtake each other, and come again when their answer was lost.
    store
      .sql(`update {instances} set beat = max(beat, ?), expires_at = ?, last_beat_at = ?, running = ?,
        unresponsive = ?, state = ?, functions = ? where owner = ?`)
      .run(beat, expiresAt, now, running, unresponsive, state, functions, known)
  }
  return true
}
