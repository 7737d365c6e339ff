/** From and to, of what was found in a text. */
export type Span = readonly [from: number, to: number]
/** What a pattern finds in a text, without what is empty; null when it does not match. */
export type Matcher = (text: string) => Span[] | null

/** Keeps the longest look at one text below what is felt. */
const MOST_STATES = 1000
const MOST_CHARS = 8192
const MOST_SPANS = 200
/** As little translated as what the browser says. */
const UNSUPPORTED = 'Lookaround and back references are not supported'

/** Where a text that is being read may stand in a pattern. */
interface State {
  /** Leads to `out` over a character. */
  takes?: (code: number) => boolean
  /** Leads to `out` over none. */
  holds?: (text: string, at: number) => boolean
  /** The better way, and the other; of the end there is none. */
  out?: State
  other?: State
  /** The step it was last reached in. */
  mark?: number
}
type Thread = readonly [State, from: number]
/** Part of a pattern, before what follows it. */
type Part = (next: State) => State

const ATOM = /\\(?:x[\da-f]{2}|u[\da-f]{4}|c[a-z]|.)|\[(?:\\.|[^\]\\])*\]|./isy
const GROUP = /\((?:\?:|\?<(?![=!])[^>]*>)?/y
const TIMES = /(?:([*+?])|\{(\d+)(,?)(\d*)\})(\??)/y
const isWord = (text: string, at: number) => /\w/.test(text[at] ?? '')
const HOLDS: Record<string, State['holds']> = {
  '^': (_, at) => at === 0,
  $: (text, at) => at === text.length,
  '\\b': (text, at) => isWord(text, at - 1) !== isWord(text, at),
  '\\B': (text, at) => isWord(text, at - 1) === isWord(text, at),
}

/**
 * A regular expression whose time grows with the text alone: no pattern, however it was meant, holds
 * up a page. All ways through the pattern are followed at once, a character at a time, so there is
 * nothing to go back to; what would need that, lookaround and back references, is refused.
 *
 * @throws Error with what the browser says, for what is none, or why it is refused
 */
export function linearRegex(source: string, ignoreCase: boolean): Matcher {
  const flags = ignoreCase ? 'i' : ''
  try {
    new RegExp(source, flags)
  } catch (cause) {
    throw new Error((cause as Error).message.replace(/^.*\/\w*: /s, ''))
  }
  let at = 0
  let states = 0
  const state = (one: State): State => {
    if (++states > MOST_STATES) throw new Error('It is too large')
    return one
  }
  const eat = (token: RegExp) => {
    token.lastIndex = at
    const found = token.exec(source)
    if (found) at = token.lastIndex
    return found
  }

  function choice(): Part {
    const first = sequence()
    if (source[at] !== '|') return first
    at++
    const rest = choice()
    return (next) => state({ out: first(next), other: rest(next) })
  }
  function sequence(): Part {
    const parts: Part[] = []
    while (at < source.length && !'|)'.includes(source[at] as string)) parts.push(repeated(atom()))
    return (next) => parts.reduceRight((after, part) => part(after), next)
  }
  function atom(): Part {
    if (eat(GROUP)) {
      if (source[at] === '?') throw new Error(UNSUPPORTED)
      const inner = choice()
      at++
      return inner
    }
    const token = eat(ATOM)?.[0] ?? ''
    if (/^\\[1-9k]/.test(token)) throw new Error(UNSUPPORTED)
    const holds = HOLDS[token]
    if (holds) return (out) => state({ holds, out })
    const one = new RegExp(`^${token}$`, flags)
    const known: boolean[] = []
    const takes = (code: number) => (known[code] ??= one.test(String.fromCharCode(code)))
    return (out) => state({ takes, out })
  }
  function repeated(part: Part): Part {
    const times = eat(TIMES)
    if (!times) return part
    const [, sign, low, comma, high, lazy] = times
    const least = sign ? Number(sign === '+') : Number(low)
    const most = sign === '?' ? 1 : sign || (comma && !high) ? Infinity : Number(high || low)
    const either = (way: State, next: State) =>
      lazy ? { out: next, other: way } : { out: way, other: next }
    return (next) => {
      let after = next
      if (most === Infinity) {
        const loop = state({})
        after = Object.assign(loop, either(part(loop), next))
      } else {
        for (let n = least; n < most; n++) after = state(either(part(after), next))
      }
      for (let n = 0; n < least; n++) after = part(after)
      return after
    }
  }
  const start = choice()({})

  return (whole) => {
    const text = whole.slice(0, MOST_CHARS)
    let spans: Span[] | null = null
    for (let from = 0; from <= text.length && (spans?.length ?? 0) < MOST_SPANS; ) {
      const span = firstFrom(start, text, from)
      if (!span) break
      spans ??= []
      if (span[1] > span[0]) spans.push(span)
      from = Math.max(span[1], span[0] + 1)
    }
    return spans
  }
}

let step = 0

/** The leftmost match from a place on, and of those the one that the pattern prefers. */
function firstFrom(start: State, text: string, from: number): Span | null {
  let best: Span | null = null
  let threads: Thread[] = []
  step++
  for (let at = from; ; at++) {
    // What begins here is worth less than what began before.
    if (!best) reach(threads, start, at, text, at)
    if (threads.length === 0 && best) return best
    const now = threads
    threads = []
    step++
    for (const [state, began] of now) {
      if (!state.out) {
        best = [began, at]
        break
      }
      if (state.takes?.(text.charCodeAt(at))) reach(threads, state.out, began, text, at + 1)
    }
    if (at >= text.length) return best
  }
}

/** All places that are reached without a character, the preferred first. */
function reach(threads: Thread[], state: State, began: number, text: string, at: number): void {
  if (state.mark === step) return
  state.mark = step
  if (state.takes || !state.out) threads.push([state, began])
  else if (state.holds?.(text, at) ?? true) {
    reach(threads, state.out, began, text, at)
    if (state.other) reach(threads, state.other, began, text, at)
  }
}
