import type { FunctionStorage, PausedFunction } from '@taskflow/core'
import type { Session } from '../session.ts'
import { fromText, toText } from '../text.ts'

export function setPaused(
  session: Session,
  input: Parameters<FunctionStorage['setPaused']>[0],
  now: number,
): Awaited<ReturnType<FunctionStorage['setPaused']>> {
  return input.funcNames.map((funcName) => {
    const { changes } = input.paused
      ? session
          .sql(`insert into {functions} (func, paused_at, used, used_at, late) values (?, ?, 0, 0, 0)
            on conflict (func) do update set paused_at = excluded.paused_at
            where paused_at is null`)
          .run(toText(funcName), now)
      : session
          .sql('update {functions} set paused_at = null where func = ? and paused_at is not null')
          .run(toText(funcName))
    return { funcName, changed: changes === 1 }
  })
}

export function paused(session: Session): PausedFunction[] {
  const rows = session
    .sql(`select func as funcName, paused_at as pausedAt from {functions}
      where paused_at is not null order by func`)
    .all() as PausedFunction[]
  return rows.map(({ funcName, pausedAt }) => ({ funcName: fromText(funcName), pausedAt }))
}

export function pausedNames(session: Session): Set<string> {
  const names = session
    .sql('select func from {functions} where paused_at is not null')
    .pluck()
    .all() as string[]
  return new Set(names.map((name) => fromText(name)))
}
