import type { SessionStorage } from '@taskflow/core'
import { numbers, texts } from '../arrays.ts'
import type { Big } from '../rows.ts'
import type { Runner } from '../runner.ts'
import { CLOCK, NOW } from '../sql.ts'
import type { Store } from '../store.ts'
import { fromText, toText } from '../text.ts'

type CountInput = Parameters<SessionStorage['countLogin']>[0]
type CountResult = Awaited<ReturnType<SessionStorage['countLogin']>>

export function countLogin(store: Store, input: CountInput): Promise<CountResult> {
  const keys = input.tries.map(({ key }) => key)
  return store.transaction(async (runner) => {
    // Tries at once count one after the other: the next statement sees those before.
    await runner.run(
      `select pg_advisory_xact_lock(hashtextextended($1 || key, 7))
        from unnest($2::text[]) with ordinality as x (key, n) order by n`,
      [`${store.epoch}:login:`, texts([...new Set(keys)].sort())],
    )
    const [clock] = await runner.run<{ now: Big }>(`select coalesce($1::bigint, ${CLOCK}) as now`, [
      input.now ?? null,
    ])
    const now = Number(clock?.now)
    const rows = await runner.run<{ key: string; at: Big }>(
      `select key, at from {logins} where key = any ($1::text[]) and at > $2::bigint order by at`,
      [texts(keys), Math.floor(now - input.windowMs)],
    )
    let retryAt: number | null = null
    for (const { key, max } of input.tries) {
      const recent = rows.filter((row) => fromText(row.key) === key).map(({ at }) => Number(at))
      if (recent.length < max) continue
      // The one after which fewer than `max` are left: the oldest, unless `max` was lowered.
      const last = recent[recent.length - max] ?? now
      retryAt = Math.max(retryAt ?? 0, last + input.windowMs)
    }
    if (retryAt !== null) return { counted: false, retryAt }
    await runner.run(
      `insert into {logins} (key, at, over_at)
        select key, $2::bigint, $3::bigint from unnest($1::text[]) as x (key)`,
      [texts(keys), now, Math.ceil(now + input.windowMs)],
    )
    await sweep(runner, now)
    return { counted: true, at: now }
  })
}

export async function forgetLogins(
  store: Store,
  input: Parameters<SessionStorage['forgetLogins']>[0],
): Promise<void> {
  const all = input.tries.filter(({ at }) => at === undefined)
  const some = input.tries.filter(({ at }) => at !== undefined)
  await store.transaction(async (runner) => {
    await runner.run('delete from {logins} where key = any ($1::text[])', [
      texts(all.map(({ key }) => key)),
    ])
    await runner.run(
      `delete from {logins} where n = any (array(
        select l.n from unnest($1::text[], $2::bigint[]) as x (key, at) cross join lateral (
          select n from {logins} where key = x.key and at = x.at order by n limit 1) as l))`,
      [texts(some.map(({ key }) => key)), numbers(some.map(({ at }) => at))],
    )
  })
}

export async function endSession(
  store: Store,
  input: Parameters<SessionStorage['end']>[0],
): Promise<void> {
  await store.work((runner) =>
    runner.run(
      `with ${NOW}
        insert into {ended_sessions} as e (id, expires_at)
        select $2, $3::bigint from clock where clock.now is not null
        on conflict (id) do update set expires_at = greatest(e.expires_at, excluded.expires_at)`,
      [input.now ?? null, toText(input.sessionId), Math.ceil(input.expiresAt)],
    ),
  )
}

export async function endedSessions(
  store: Store,
  input: Parameters<SessionStorage['ended']>[0],
): Promise<boolean[]> {
  const rows = await store.work((runner) =>
    runner.run<{ id: string }>('select id from {ended_sessions} where id = any ($1::text[])', [
      texts(input.sessionIds),
    ]),
  )
  const ended = new Set(rows.map(({ id }) => fromText(id)))
  return input.sessionIds.map((id) => ended.has(id))
}

/** Throws away what is over, so that made-up names do not pile up. */
async function sweep(runner: Runner, now: number): Promise<void> {
  await runner.run(
    `delete from {logins} where n = any (array(
      select n from {logins} where over_at <= $1::bigint limit 100 for update skip locked))`,
    [now],
  )
  await runner.run(
    `delete from {ended_sessions} where id = any (array(
      select id from {ended_sessions} where expires_at <= $1::bigint limit 100
      for update skip locked))`,
    [now],
  )
}
