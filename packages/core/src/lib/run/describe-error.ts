const MAX_MESSAGE = 8_192
const MAX_STACK = 32_768
const MAX_TYPE = 200

/** What is kept of a thrown value. */
export interface ErrorText {
  error: string
  stacktrace: string | undefined
}

/**
 * Text of whatever was thrown, through `hide` before it is cut. Never throws itself, and is bounded,
 * however hostile the value.
 */
export function describeError(thrown: unknown, hide = (value: string) => value): ErrorText {
  try {
    if (thrown instanceof Error) {
      const name = attempted(() => text(thrown.name))
      const message = text(thrown.message)
      const error = name && name !== 'Error' ? `${name}: ${message}` : message || 'Error'
      return {
        error: cut(hide(error), MAX_MESSAGE),
        stacktrace: cut(stackOf(thrown, hide), MAX_STACK),
      }
    }
    const what = messageOf(thrown) ?? text(thrown)
    return { error: cut(hide(`Thrown: ${what}`), MAX_MESSAGE), stacktrace: undefined }
  } catch {
    return { error: 'Thrown: a value that cannot be described', stacktrace: undefined }
  }
}

/** The name of an error's class, through `hide`; null for anything else. Never throws itself. */
export function errorType(thrown: unknown, hide = (value: string) => value): string | null {
  try {
    return thrown instanceof Error ? cut(hide(text(thrown.name)), MAX_TYPE) : null
  } catch {
    return null
  }
}

/** The stack and those of its causes; a cycle, or what cannot be read, ends it. */
function stackOf(error: Error, hide: (text: string) => string): string {
  const seen = new Set<unknown>()
  const parts: string[] = []
  attempted(() => {
    for (let at: unknown = error; at instanceof Error && !seen.has(at) && parts.length < 10; ) {
      seen.add(at)
      parts.push(cut(hide(text(at.stack ?? at.message)), MAX_STACK))
      at = at.cause
    }
  })
  return parts.join('\nCaused by: ')
}

/** Clients of some services throw objects that are no errors, and say why in a `message`. */
function messageOf(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('message' in thrown)) return undefined
  return typeof thrown.message === 'string' ? thrown.message : undefined
}

/** Undefined for what throws when it is read. */
function attempted<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : String(value)
}

function cut(value: string, length: number): string {
  return value.length <= length ? value : `${value.slice(0, length)}… (${value.length} characters)`
}
