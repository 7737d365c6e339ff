/** Some text and the classes it is drawn with: `a1` … `a15`, `bold`, `dim`, `italic`, `underline`, `inverse`. */
export interface AnsiSegment {
  text: string
  classes: string
}

interface Look {
  colour: number | null
  marks: Set<string>
}

const ESC = String.fromCharCode(27)
const SEQUENCE = new RegExp(`${ESC}\\[([0-?]*)[ -/]*([@-~])`, 'g')
const MARKS: Record<number, string> = {
  1: 'bold',
  2: 'dim',
  3: 'italic',
  4: 'underline',
  7: 'inverse',
}

/**
 * Splits text at the escape sequences that colour a terminal. Colours beyond the sixteen become the
 * nearest of them, which are readable in light and dark; other sequences of the cursor are left out.
 */
export function parseAnsi(text: string): AnsiSegment[] {
  if (!text.includes(ESC)) return [{ text, classes: '' }]
  const look: Look = { colour: null, marks: new Set() }
  const segments: AnsiSegment[] = []
  let at = 0
  const push = (end: number) => {
    if (end > at) segments.push({ text: text.slice(at, end), classes: classesOf(look) })
  }
  for (const match of text.matchAll(SEQUENCE)) {
    push(match.index)
    at = match.index + match[0].length
    if (match[2] === 'm') apply(look, match[1] ?? '')
  }
  push(text.length)
  return segments
}

function classesOf({ colour, marks }: Look): string {
  return [...marks, ...(colour === null ? [] : [`a${colour}`])].join(' ')
}

function apply(look: Look, parameters: string): void {
  const codes = parameters.split(/[;:]/).map(Number)
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index] ?? 0
    const mark = MARKS[code]
    if (code === 0) {
      look.colour = null
      look.marks.clear()
    } else if (mark) look.marks.add(mark)
    else if (code === 22) {
      look.marks.delete('bold')
      look.marks.delete('dim')
    } else if (code === 23) look.marks.delete('italic')
    else if (code === 24) look.marks.delete('underline')
    else if (code === 27) look.marks.delete('inverse')
    else if (code >= 30 && code <= 37) look.colour = code - 30
    else if (code >= 90 && code <= 97) look.colour = code - 82
    else if (code === 39) look.colour = null
    else if (code === 38 || code === 48) {
      const indexed = codes[index + 1] === 5
      const [r = 0, g = 0, b = 0] = codes.slice(index + 2, index + 5)
      if (code === 38) look.colour = indexed ? nearestOf256(r) : nearest(r, g, b)
      index += indexed ? 2 : 4
    }
  }
}

function nearestOf256(index: number): number {
  if (index < 16) return index
  if (index >= 232) return index < 244 ? 8 : 7
  const cube = index - 16
  const level = (value: number) => (value === 0 ? 0 : 55 + value * 40)
  return nearest(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6))
}

/** Red, yellow, green, cyan, blue, magenta: by hue. */
const HUES = [1, 3, 2, 6, 4, 5]

function nearest(r: number, g: number, b: number): number {
  const most = Math.max(r, g, b)
  const range = most - Math.min(r, g, b)
  if (range < 40) return most < 80 ? 8 : most > 230 ? 15 : 7
  const turn = most === r ? (g - b) / range : most === g ? 2 + (b - r) / range : 4 + (r - g) / range
  const hue = HUES[Math.round((turn + 6) % 6) % 6] ?? 1
  return most > 220 ? hue + 8 : hue
}
