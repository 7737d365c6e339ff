import { t } from '../messages/messages.ts'

/** Where `text` is no JSON; null when it is, or empty. */
export function jsonProblem(text: string): string | null {
  if (text.trim() === '' || problemOf(text) === null) return null
  // Engines name a position now and then only: the shortest beginning that more text cannot mend.
  let [good, bad] = [0, text.length + 1]
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (problemOf(text.slice(0, middle)) === 'wrong') bad = middle
    else good = middle
  }
  const before = text.slice(0, good).split('\n')
  const at = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
  return good >= text.trimEnd().length
    ? t('The JSON ends too early at line {line}, column {column}.', at)
    : t('The JSON cannot be read at line {line}, column {column}.', at)
}

function problemOf(text: string): 'short' | 'wrong' | null {
  try {
    JSON.parse(text)
    return null
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : ''
    return /end of|EOF|unterminated/i.test(message) ? 'short' : 'wrong'
  }
}
