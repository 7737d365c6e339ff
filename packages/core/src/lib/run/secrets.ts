/** Stands where a secret value is. */
export const MASK = '•••'

/** Shorter values are no secrets worth finding, and would turn logs into dots. */
const MIN_LENGTH = 4
const PATH = /^[^.]+(\.[^.]+)*$/

/** True for paths like `password`, `card.number`, `items.*.token`. */
export function isSecretPath(path: unknown): boolean {
  return typeof path === 'string' && path.length <= 500 && PATH.test(path)
}

/** A copy of a payload with masks in the place of its secrets. */
export function maskSecrets(payload: unknown, paths: readonly string[]): unknown {
  return paths.reduce((value, path) => replaceAt(value, path.split('.'), () => MASK), payload)
}

/** True when a mask stands at one of the paths. */
export function hasMask(payload: unknown, paths: readonly string[]): boolean {
  return valuesAt(payload, paths).includes(MASK)
}

/**
 * A copy of an edited payload with the original's secrets in the place of masks. In arrays, masks
 * are matched by position. Undefined when a mask stands where the original has nothing, or in an
 * array of another length: whose secret it is could not be told.
 */
export function restoreSecrets(
  edited: unknown,
  original: unknown,
  paths: readonly string[],
): { payload: unknown } | undefined {
  let lost = false
  const payload = paths.reduce(
    (value, path) =>
      replaceAt(value, path.split('.'), (given, at) => {
        if (given !== MASK) return given
        const found = valueAt(original, edited, at)
        if (!found) lost = true
        return found?.value
      }),
    edited,
  )
  return lost ? undefined : { payload }
}

/** What takes the secrets of a payload out of text. */
export function secretFilter(payload: unknown, paths: readonly string[]): (text: string) => string {
  if (paths.length === 0) return asItIs
  const found = new Set<string>()
  for (const value of valuesAt(payload, paths)) collect(value, found)
  // The longest first: one may be part of another.
  const secrets = [...found].sort((a, b) => b.length - a.length)
  return (text) => secrets.reduce((rest, secret) => rest.replaceAll(secret, MASK), text)
}

const asItIs = (text: string) => text

function valuesAt(payload: unknown, paths: readonly string[]): unknown[] {
  const found: unknown[] = []
  for (const path of paths) {
    replaceAt(payload, path.split('.'), (value) => {
      found.push(value)
      return value
    })
  }
  return found
}

/** A copy in which the values that a path leads to are replaced; what is not there stays away. */
function replaceAt(
  value: unknown,
  path: readonly string[],
  replace: (value: unknown, at: readonly string[]) => unknown,
  at: readonly string[] = [],
): unknown {
  const [key, ...rest] = path
  if (key === undefined) return replace(value, at)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, inner]) => [
    name,
    key === '*' || key === name ? replaceAt(inner, rest, replace, [...at, name]) : inner,
  ])
  // Entries, not assignments: `__proto__` is a name like any other.
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries)
}

/** The original's value at a place in an edited payload. */
function valueAt(
  original: unknown,
  edited: unknown,
  at: readonly string[],
): { value: unknown } | undefined {
  let value = original
  let beside = edited
  for (const name of at) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    if (Array.isArray(value) !== Array.isArray(beside)) return undefined
    if (Array.isArray(value) && value.length !== (beside as unknown[]).length) return undefined
    value = (value as Record<string, unknown>)[name]
    beside = (beside as Record<string, unknown>)[name]
  }
  return { value }
}

/** The texts of a value, as they may turn up in a log. */
function collect(value: unknown, into: Set<string>): void {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) collect(inner, into)
  } else if (typeof value === 'string') {
    // A log has it whole, within JSON, or line by line.
    const forms = [value, JSON.stringify(value).slice(1, -1), ...value.split(/\r?\n/)]
    for (const text of forms) if (text.length >= MIN_LENGTH) into.add(text)
  } else if (typeof value === 'number' && String(value).length >= MIN_LENGTH) {
    into.add(String(value))
  }
}
