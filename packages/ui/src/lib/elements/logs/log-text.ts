import { html, nothing } from 'lit'
import { type AnsiSegment, parseAnsi } from '../../format/ansi.ts'
import type { Span } from '../../format/linear-regex.ts'
import { visibleText } from '../../format/visible-text.ts'

/** Longer lines are cut until somebody asks for the rest. */
export const LONG_LINE = 4000

/** A line with its colours, and what `find` finds in it marked. All of it is text. */
export function logText(
  text: string,
  find: (plain: string) => readonly Span[],
  isCurrent: boolean,
) {
  const segments = parseAnsi(text)
  const marks = find(segments.map((segment) => segment.text).join(''))
  if (marks.length === 0) return segments.map(({ text, classes }) => piece(text, classes))
  return cut(segments, marks).map(({ text, classes, hit }) =>
    hit
      ? html`<mark part="match" class="${isCurrent ? 'current' : ''} ${classes}">${visibleText(text)}</mark>`
      : piece(text, classes),
  )
}

function piece(text: string, classes: string) {
  if (text === '') return nothing
  return classes ? html`<span class=${classes}>${visibleText(text)}</span>` : visibleText(text)
}

/** Segments cut where a mark begins or ends. */
function cut(segments: readonly AnsiSegment[], marks: readonly Span[]) {
  const pieces: { text: string; classes: string; hit: boolean }[] = []
  let offset = 0
  for (const { text, classes } of segments) {
    const end = offset + text.length
    const edges = [offset, end]
    for (const [from, to] of marks) {
      if (from > offset && from < end) edges.push(from)
      if (to > offset && to < end) edges.push(to)
    }
    edges.sort((a, b) => a - b)
    for (const [index, from] of edges.entries()) {
      const to = edges[index + 1]
      if (to === undefined || to === from) continue
      const hit = marks.some(([first, last]) => from >= first && to <= last)
      pieces.push({ text: text.slice(from - offset, to - offset), classes, hit })
    }
    offset = end
  }
  return pieces
}
