/** One line of a stack trace. */
export interface StackFrame {
  /** Function, empty at the top level. */
  name: string
  /** File, line and column. */
  place: string
  /** False for packages and the runtime's own code. */
  own: boolean
  /** What frames that are not ours are grouped by, e.g. `node_modules/stripe`. */
  origin: string
}

/** The frames of an error, or of the cause of the one before. */
export interface Trace {
  /** What the cause said, `Error: socket hang up`; empty for the error itself. */
  cause: string
  frames: StackFrame[]
}

/** A run of frames of the same origin; own frames are shown, the others folded. */
export interface FrameGroup {
  own: boolean
  origin: string
  frames: StackFrame[]
}

/** Reads the stack of an error and of its causes. */
export function parseTraces(stack: string): Trace[] {
  return stack.split(/^Caused by: /m).map((text, index) => ({
    cause: index === 0 ? '' : (text.split(/\n\s*at /, 1)[0] ?? '').trim(),
    frames: parseStack(text),
  }))
}

/** Reads the frames of a V8 stack trace; empty when there is none to read. */
export function parseStack(stack: string): StackFrame[] {
  const frames: StackFrame[] = []
  for (const line of stack.split('\n')) {
    const match = /^\s*at (?:(.*?) \()?(.*?:\d+(?::\d+)?|native|<anonymous>)\)?\s*$/.exec(line)
    if (!match) continue
    const place = shorten(match[2] ?? '')
    const origin = originOf(place)
    frames.push({ name: match[1] ?? '', place, own: origin === '', origin })
  }
  return frames
}

/** Frames in order, neighbours of one foreign origin together. */
export function groupFrames(frames: readonly StackFrame[]): FrameGroup[] {
  const groups: FrameGroup[] = []
  for (const frame of frames) {
    const last = groups.at(-1)
    if (last && !frame.own && last.origin === frame.origin) last.frames.push(frame)
    else groups.push({ own: frame.own, origin: frame.origin, frames: [frame] })
  }
  return groups
}

function originOf(place: string): string {
  const packages = place.lastIndexOf('node_modules/')
  if (packages >= 0) {
    const [scope = '', name = ''] = place.slice(packages + 13).split('/')
    return `node_modules/${scope.startsWith('@') ? `${scope}/${name}` : scope}`
  }
  return /^(node:|native|<anonymous>)/.test(place) ? 'node:internal' : ''
}

function shorten(place: string): string {
  return place.replace(/^file:\/\//, '').replace(/^.*node_modules\//, 'node_modules/')
}
