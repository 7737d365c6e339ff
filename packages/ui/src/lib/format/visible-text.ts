/*
 * Text of tasks is untrusted. As text nodes it cannot become markup, but control and bidirectional
 * characters could still reorder or hide what people read, so these become visible marks.
 */
const unsafe = /(?![\t\n])[\p{Cc}\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu

const colours = new RegExp(`${String.fromCharCode(27)}\\[[0-9;:]*m`, 'g')

/**
 * `text` with every control, zero-width and bidirectional character written as a mark: control
 * characters as their picture (`␛`), the others as `⟨U+202E⟩`. Line breaks and tabs stay.
 */
export function visibleText(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(unsafe, (char) => {
    const code = char.codePointAt(0) ?? 0
    if (code < 0x20) return String.fromCodePoint(0x2400 + code)
    if (code === 0x7f) return '\u2421'
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`
  })
}

/** `text` without the escape sequences that colour a terminal. */
export function stripColours(text: string): string {
  return text.replace(colours, '')
}

/** {@link visibleText} on one line, cut to `length` characters with an ellipsis. */
export function excerpt(text: string, length = 200): string {
  const line = visibleText(text.trim().replace(/\s+/g, ' '))
  const chars = [...line]
  return chars.length > length ? `${chars.slice(0, length - 1).join('')}…` : line
}
