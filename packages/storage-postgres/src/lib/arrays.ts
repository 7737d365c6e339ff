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

function quoted(value: string | null | undefined): string {
  if (value === null || value === undefined) return 'NULL'
  const text = toText(value)
  return /["\\]/.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : `"${text}"`
}
