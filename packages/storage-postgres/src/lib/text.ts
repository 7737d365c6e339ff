const ESCAPED = '\u0001'

/**
 * Text as Postgres keeps it whole. UTF-8 has no lone surrogates and Postgres refuses NUL, so text
 * with either is stored as its JSON behind a marker; so is text that begins with the marker.
 */
export function toText(text: string): string
export function toText(text: string | null | undefined): string | null
export function toText(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null
  const plain = text.isWellFormed() && !text.includes('\0') && !text.startsWith(ESCAPED)
  return plain ? text : ESCAPED + JSON.stringify(text)
}

/** The text that `toText` was given. */
export function fromText(stored: string): string
export function fromText(stored: string | null): string | null
export function fromText(stored: string | null): string | null {
  return stored?.startsWith(ESCAPED) ? (JSON.parse(stored.slice(1)) as string) : stored
}
