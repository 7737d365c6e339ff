import { memoryStorage, type TaskStorage } from '@taskflow/core'
import { Journal } from './journal.ts'

type Call<Input, Output> = (input: Input) => Promise<Output>

/** One change: which method, when, with what. */
interface Entry {
  name: string
  at: number
  input: unknown
}

/**
 * Tasks in memory, and every change in a file before it is made: opening the file again makes all
 * changes once more. For one process at a time, and for tasks that fit into memory.
 */
export function journalStorage(options: { file: string }): TaskStorage {
  const journal = new Journal(options.file)
  const changes = new Map<string, Call<never, unknown>>()
  let opened: Promise<void> | undefined
  let time = 0
  // Memory does the same again for the same calls at the same times: that is all a journal needs.
  const memory = memoryStorage({ now: () => time })

  function change<Input, Output>(name: string, call: Call<Input, Output>): Call<Input, Output> {
    changes.set(name, call)
    return async (input) => {
      const at = Math.max(time, Date.now())
      await journal.append({ name, at, input } satisfies Entry)
      time = Math.max(time, at)
      return call(input)
    }
  }

  function look<Input, Output>(call: Call<Input, Output>): Call<Input, Output> {
    return (input) => {
      time = Math.max(time, Date.now())
      return call(input)
    }
  }

  async function replay(): Promise<void> {
    for (const { name, at, input } of (await journal.open()) as Entry[]) {
      time = at
      await changes.get(name)?.(input as never)
    }
  }

  const { logs, changes: feed, instances } = memory
  return {
    name: 'journal',
    open: () => {
      opened ??= replay()
      return opened
    },
    close: () => journal.close(),
    insert: change('insert', (input) => memory.insert(input)),
    turn: change('turn', (input) => memory.turn(input)),
    beat: change('beat', async (input) => {
      // Without the part for schedules there is nothing to say about them.
      return { ...(await memory.beat(input)), schedulesVersion: null }
    }),
    recover: change('recover', (input) => memory.recover(input)),
    reschedule: change('reschedule', (input) => memory.reschedule(input)),
    cancel: change('cancel', (input) => memory.cancel(input)),
    prune: change('prune', (input) => memory.prune(input)),
    owned: look((input) => memory.owned(input)),
    get: look((input) => memory.get(input)),
    list: look((input) => memory.list(input)),
    metrics: look((input) => memory.metrics(input)),
    // Parts that this storage has; it could leave any of them out.
    ...(logs && {
      logs: { append: change('logs.append', (input) => logs.append(input)), read: look(logs.read) },
    }),
    ...(feed && { changes: feed }),
    ...(instances && { instances: { list: look((input) => instances.list(input)) } }),
  }
}
