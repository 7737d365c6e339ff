/** Further down there is nothing that tells faults apart, and stacks may be made by anybody. */
const MOST_LINES = 50
const LONGEST_LINE = 500

/**
 * Where an error comes from: the first frame of its stack that is the app's own code, as
 * `chargeCard (/app/src/charge-card.ts:48)`; the very first when none is. Null when there is none to
 * read.
 */
export function errorFrame(stack: string | null): string | null {
  if (stack === null) return null
  let first: string | null = null
  // What follows is the stack of its cause.
  const [own = ''] = stack.split('\nCaused by: ', 1)
  for (const line of own.split('\n', MOST_LINES)) {
    const frame = frameOf(line)
    if (frame === null) continue
    const text = frame.name ? `${frame.name} (${frame.place})` : frame.place
    if (!/^node:|[\\/]node_modules[\\/]/.test(frame.place)) return text
    first ??= text
  }
  return first
}

function frameOf(line: string): { name: string; place: string } | null {
  const text = line.trim()
  if (!text.startsWith('at ') || text.length > LONGEST_LINE) return null
  const open = text.endsWith(')') ? text.lastIndexOf(' (') : -1
  const name = open < 0 ? '' : text.slice(3, open)
  const place = open < 0 ? text.slice(3).replace(/^async /, '') : text.slice(open + 2, -1)
  // The column says no more, and changes with every build.
  const found = /^(.+?):(\d+)(?::\d+)?$/.exec(place)
  if (!found) return null
  return { name, place: `${found[1]?.replace(/^file:\/\//, '')}:${found[2]}` }
}
