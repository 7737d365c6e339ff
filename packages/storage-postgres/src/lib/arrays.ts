import { toText } from './text.ts'

// Arrays go over the wire as the text that Postgres reads: postgres.js would have to look up the
// types of arrays on each new connection, and takes an array of booleans for one boolean.

/** A parameter for `text[]`; every text in it survives. */
export function texts(values: readonly (string | null | undefined)[]): string {
  return `{${values.map(quoted).join(',')}}`
}

/** A parameter for an array of numbers. */
export function numbers(values: readonly (number | null | undefined)[]): string {
  return `{${values.map((value) => value ?? 'NULL').join(',')}}`
}

/** Without nulls at the end: where several arrays are read as rows, the shorter are filled up. */
export function shortened<Value>(values: readonly (Value | null | undefined)[]) {
  return values.slice(0, values.findLastIndex((value) => value != null) + 1)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: those that JSON would escape
const CONTROL = /[\0-\x1f]/

function quoted(value: string | null | undefined): string {
  if (value === null || value === undefined) return 'NULL'
  const text = toText(value)
  // JSON escapes quotes and backslashes as Postgres does, five times as fast as a replacement.
  return CONTROL.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : JSON.stringify(text)
}
