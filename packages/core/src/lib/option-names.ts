import { TaskflowError, type TaskflowErrorCode } from './errors.ts'

/** Every option of a type by its name: one that is left out, or is none, does not compile. */
export type OptionNames<Options> = Readonly<Record<keyof Required<Options>, true>>

/** What to say of options that are refused. */
export interface OptionsOwner {
  /** Begins the message, such as `createHandler`. */
  where: string
  /** ['invalid_input'] */
  code?: TaskflowErrorCode
}

/**
 * Refuses an option that there is not, which would change nothing without a word. Types do so in
 * TypeScript; this is for JavaScript, where a misspelt option is otherwise found in production.
 *
 * @throws TaskflowError that names the option, and the nearest one or all there are; also when
 *   `options` is no object.
 */
export function checkOptionNames(
  options: unknown,
  names: Readonly<Record<string, true>>,
  { where, code = 'invalid_input' }: OptionsOwner,
): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    // Not the value: a connection string in the place of options may hold a password.
    throw new TaskflowError(code, `${where}: expected an object of options, got ${kindOf(options)}`)
  }
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(names, name)) continue
    const known = Object.keys(names)
    const near = nearestName(name, known)
    const all = known.length === 1 ? known.join() : `one of ${known.join(', ')}`
    const got = JSON.stringify(name.slice(0, 100))
    throw new TaskflowError(code, `${where}: no option ${got}: expected ${near ?? all}`)
  }
}

/** What kind of value it is, for messages that must not show it. */
export function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'an array'
  if (value === null) return 'null'
  return typeof value === 'object' ? 'an object' : typeof value
}

/** The name that was most likely meant; null when none is near. */
export function nearestName(given: string, names: readonly string[]): string | null {
  const plain = normal(given)
  if (plain.length > 100) return null
  let nearest: string | null = null
  let least = Number.POSITIVE_INFINITY
  for (const name of names) {
    const other = normal(name)
    // `timeout` for timeoutMs, `idempotency_key` for idempotencyKey.
    const isPart = plain.length >= 3 && (other.startsWith(plain) || plain.startsWith(other))
    const distance = isPart ? 0.5 : edits(plain, other)
    const most = Math.min(2, Math.floor(other.length / 3))
    if (distance <= most && distance < least) {
      nearest = name
      least = distance
    }
  }
  return nearest
}

const normal = (name: string) => name.replaceAll(/[_-]/g, '').toLowerCase()

/** How many letters to change, add, leave out or swap with the next one. */
function edits(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, n) => n)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1]
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      next[j] = Math.min(
        at(row, j) + 1,
        at(next, j - 1) + 1,
        at(row, j - 1) + (same ? 0 : 1),
        swapped ? at(before, j - 2) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    before = row
    row = next
  }
  return at(row, b.length)
}

const at = (row: readonly number[], place: number) => row[place] ?? Number.POSITIVE_INFINITY
