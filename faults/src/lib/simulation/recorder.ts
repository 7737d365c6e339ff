import type { TaskStorage } from '@taskflow/core'

/** One call of a storage, with the instant at which it was made, and what came of it. */
export interface RecordedCall {
  verb: string
  input: unknown
  output: unknown
}

/** Verbs that a world calls; those of a part by the part's name. */
const VERBS = [
  ...['insert', 'turn', 'beat', 'owned', 'recover', 'reschedule', 'cancel', 'get', 'list'],
  ...['logs.append', 'logs.read', 'functions.setPaused', 'functions.paused'],
  ...['schedules.declare', 'schedules.list', 'schedules.fire', 'schedules.change'],
]
/** Those that take no instant. */
const TIMELESS = ['owned', 'logs.append', 'logs.read', 'functions.paused', 'schedules.list']

type Verb = (input: unknown) => Promise<unknown>

/** The storage's verb of that name. @throws Error when it has none. */
export function verbOf(storage: TaskStorage, name: string): Verb {
  const [first = '', second] = name.split('.')
  const owner = (second === undefined ? storage : storage[first as 'logs']) as unknown
  const verb = (owner as Record<string, Verb> | undefined)?.[second ?? first]
  if (!verb) throw new Error(`${storage.name} has no ${name}`)
  return (input) => verb.call(owner, input)
}

/** A storage whose calls are written down, in the order in which they were done. */
export function recorded(storage: TaskStorage, now: () => number, calls: RecordedCall[]) {
  const { name, changes, instances, functions, schedules, logs } = storage
  const parts: Record<string, unknown> = { name, changes, instances, functions, schedules, logs }
  for (const path of VERBS) {
    const verb = verbOf(storage, path)
    const recording: Verb = async (given) => {
      const instant = TIMELESS.includes(path) ? {} : { now: now() }
      const input = given === undefined ? given : structuredClone({ ...given, ...instant })
      const call: RecordedCall = { verb: path, input, output: undefined }
      calls.push(call)
      const output = await verb(structuredClone(input))
      call.output = structuredClone(output)
      return output
    }
    const [first = '', second] = path.split('.')
    if (second === undefined) parts[first] = recording
    else parts[first] = { ...(parts[first] as object), [second]: recording }
  }
  return parts as unknown as TaskStorage
}
