const PARTS = [8, 4, 4, 4, 12]

/** Where the dashes of a UUID are. */
const PATTERN = PARTS.map((size) => 'x'.repeat(size)).join('-')

/** Whether text of hexadecimal digits and dashes may begin a UUID. */
export function mayBegin(text: string): boolean {
  return shapeOf(text) === PATTERN.slice(0, text.length)
}

/** Whether it may end one, and is not all of it. */
export function mayEnd(text: string): boolean {
  return text.length < PATTERN.length && shapeOf(text) === PATTERN.slice(-text.length)
}

function shapeOf(text: string): string {
  return text.replaceAll(/[^-]/g, 'x')
}
