const MAX_MESSAGE = 8_192
const MAX_STACK = 32_768

/** What is kept of a thrown value. */
export interface ErrorText {
  error: string
  stacktrace: string | undefined
}

/** Text of whatever was thrown. Never throws itself, and is bounded, however hostile the value. */
export function describeError(thrown: unknown): ErrorText {
  try {
    if (thrown instanceof Error) {
      const name = text(thrown.name)
      const message = text(thrown.message)
      return {
        error: cut(
          name && name !== 'Error' ? `${name}: ${message}` : message || 'Error',
          MAX_MESSAGE,
        ),
        stacktrace: cut(stackOf(thrown), MAX_STACK),
      }
    }
    return { error: cut(`Thrown: ${text(thrown)}`, MAX_MESSAGE), stacktrace: undefined }
  } catch {
    return { error: 'Thrown: a value that cannot be described', stacktrace: undefined }
  }
}

/** The stack and those of its causes; a cycle ends it. */
function stackOf(error: Error): string {
  const seen = new Set<unknown>()
  const parts: string[] = []
  for (let at: unknown = error; at instanceof Error && !seen.has(at) && parts.length < 10; ) {
    seen.add(at)
    parts.push(cut(text(at.stack ?? at.message), MAX_STACK))
    at = at.cause
  }
  return parts.join('\nCaused by: ')
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : String(value)
}

function cut(value: string, length: number): string {
  return value.length <= length ? value : `${value.slice(0, length)}… (${value.length} characters)`
}
