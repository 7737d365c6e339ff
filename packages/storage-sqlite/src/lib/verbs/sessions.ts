import type { SessionStorage } from '@taskflow/core'
import type { Session } from '../session.ts'
import { toText } from '../text.ts'

type Input<Verb extends keyof SessionStorage> = Parameters<SessionStorage[Verb]>[0]

export function countLogin(
  session: Session,
  input: Input<'countLogin'>,
  now: number,
): Awaited<ReturnType<SessionStorage['countLogin']>> {
  // What is over goes first, so that made-up names do not pile up.
  session.sql('delete from {logins} where over_at <= ?').run(now)
  let retryAt: number | null = null
  for (const { key, max } of input.tries) {
    const recent = session
      .sql('select at from {logins} where key = ? and at > ? order by at')
      .pluck()
      .all(toText(key), now - input.windowMs) as number[]
    if (recent.length < max) continue
    // The one after which fewer than `max` are left: the oldest, unless `max` was lowered.
    const last = recent[recent.length - max] ?? now
    retryAt = Math.max(retryAt ?? 0, last + input.windowMs)
  }
  if (retryAt !== null) return { counted: false, retryAt }
  for (const { key } of input.tries) {
    session
      .sql('insert into {logins} (key, at, over_at) values (?, ?, ?)')
      .run(toText(key), now, now + input.windowMs)
  }
  return { counted: true, at: now }
}

export function forgetLogins(session: Session, input: Input<'forgetLogins'>): void {
  for (const { key, at } of input.tries) {
    if (at === undefined) session.sql('delete from {logins} where key = ?').run(toText(key))
    else {
      session
        .sql(`delete from {logins} where seq = (
          select seq from {logins} where key = ? and at = ? limit 1)`)
        .run(toText(key), at)
    }
  }
}

export function endSession(session: Session, input: Input<'end'>, now: number): void {
  session.sql('delete from {ended_sessions} where expires_at <= ?').run(now)
  session
    .sql(`insert into {ended_sessions} (id, expires_at) values (?, ?)
      on conflict (id) do update set expires_at = max(expires_at, excluded.expires_at)`)
    .run(toText(input.sessionId), input.expiresAt)
}

export function endedSessions(session: Session, input: Input<'ended'>): boolean[] {
  return input.sessionIds.map(
    (id) =>
      session.sql('select 1 from {ended_sessions} where id = ?').get(toText(id)) !== undefined,
  )
}
