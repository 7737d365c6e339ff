import { copyText } from '../../parts/copy.ts'

/**
 * Copies the address of the line whose number was pressed; with Shift, of everything from the line
 * that was chosen before. Returns which lines; null for a click that is the browser's.
 */
export function copyLines(
  event: MouseEvent,
  before: number,
  n: number,
  linkTo: ((line: number, lastLine?: number) => string) | null,
): [first: number, last: number] | null {
  if (event.button !== 0 || event.metaKey || event.ctrlKey) return null
  event.preventDefault()
  const link = event.currentTarget as HTMLAnchorElement
  const from = event.shiftKey && before > 0 ? before : n
  const [first, last] = [Math.min(from, n), Math.max(from, n)]
  void copyText(linkTo ? new URL(linkTo(first, last), location.href).href : link.href, link)
  return [first, last]
}
