import type { TaskJson } from '@taskflow/core/client'
import { errorMessage, errorName } from '../format/phase.ts'
import { excerpt } from '../format/visible-text.ts'

/** Failed runs with the same error from the same place. */
export interface ErrorGroup {
  fingerprint: string
  /** Name of the error; null when it has none. */
  name: string | null
  /** The message, with what differs from run to run left out. */
  message: string
  /** Where it comes from, in the app's own code; null where no stack tells. */
  frame: string | null
  /** Newest first. */
  tasks: TaskJson[]
  funcs: string[]
  /** ISO 8601, of the first and last that ended. */
  firstAt: string
  lastAt: string
}

/** Groups failed runs by their error and where it comes from; the largest group first, then the newest. */
export function groupByError(tasks: readonly TaskJson[]): ErrorGroup[] {
  const groups = new Map<string, ErrorGroup>()
  for (const task of tasks) {
    const { name, message } = fingerprintOf(task.error)
    const frame = task.error_frame ?? null
    const fingerprint = `${name ?? ''}: ${message}${frame === null ? '' : `\n${frame}`}`
    const at = endOf(task)
    const group = groups.get(fingerprint)
    if (!group) {
      groups.set(fingerprint, {
        fingerprint,
        name,
        message,
        frame,
        tasks: [task],
        funcs: [task.func_name],
        firstAt: at,
        lastAt: at,
      })
      continue
    }
    group.tasks.push(task)
    if (!group.funcs.includes(task.func_name)) group.funcs.push(task.func_name)
    if (at < group.firstAt) group.firstAt = at
    if (at > group.lastAt) group.lastAt = at
  }
  return [...groups.values()].sort(
    (a, b) => b.tasks.length - a.tasks.length || (a.lastAt < b.lastAt ? 1 : -1),
  )
}

/** `connect ETIMEDOUT <ip>:443 after <n> ms` of the error that ends a run. */
export function fingerprintOf(error: string | null): { name: string | null; message: string } {
  if (!error) return { name: null, message: 'No error was recorded' }
  return { name: errorName(error), message: excerpt(normalise(errorMessage(error)), 200) }
}

/**
 * Leaves out what differs though the fault is the same: ids, addresses, times, numbers. Quoted words
 * stay: as often as not they are the fault, as in `(reading 'price')`.
 */
function normalise(message: string): string {
  return message
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>')
    .replace(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, '<ip>')
    .replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z?/g, '<time>')
    .replace(/\b(?=[0-9a-f]*\d)[0-9a-f]{12,}\b/gi, '<id>')
    .replace(/\d+(?:\.\d+)?/g, '<n>')
}

/** When it ended; a failed run that does not tell counts from when it was made. */
export function endOf(task: TaskJson): string {
  return task.end_time ?? task.created_at
}

/** A frame for people: `chargeCard charge-card.ts:48`, without folders. */
export function shortFrame(frame: string): string {
  return frame.replace(/^(?:(.*) \()?(.*?)\)?$/s, (_, name: string | undefined, place: string) => {
    const file = place.split(/[\\/]/).at(-1) ?? place
    return name ? `${name} ${file}` : file
  })
}
