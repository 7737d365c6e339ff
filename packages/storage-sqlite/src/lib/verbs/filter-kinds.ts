import type { TaskFilter } from '@taskflow/core'
import type { Kind } from '../kinds.ts'
import { fromText } from '../text.ts'

/** Which kinds a filter asks for; null for all. `search` is looked at for itself. */
export function kindsIn(
  kinds: ReadonlyMap<number, Kind>,
  filter: TaskFilter,
): ReadonlySet<number> | null {
  const { funcName, group, executor, source } = filter
  if (!funcName && !group && !executor && !source) return null
  const found = new Set<number>()
  for (const [id, kind] of kinds) {
    const matches =
      oneOf(funcName, kind.func) &&
      oneOf(group, fromText(kind.group)) &&
      oneOf(executor, kind.executor) &&
      oneOf(source, kind.source)
    if (matches) found.add(id)
  }
  return found
}

/** Kinds whose function's name holds the text, without regard to case. */
export function kindsNamed(kinds: ReadonlyMap<number, Kind>, text: string): ReadonlySet<number> {
  const found = new Set<number>()
  for (const [id, { func }] of kinds) if (func.toLowerCase().includes(text)) found.add(id)
  return found
}

function oneOf(wanted: readonly string[] | undefined, value: string | null): boolean {
  return wanted === undefined || (value !== null && wanted.includes(value))
}
