// An app in a process of its own, for tests that need several: runs tasks until it is told to stop.
import { appendFileSync, readFileSync } from 'node:fs'
import { defineTask, on, type TaskContext, TaskManager, type TaskStorage } from '@taskflow/core'
import { postgresStorage } from '@taskflow/storage-postgres'
import { sqliteStorage } from '@taskflow/storage-sqlite'

/** What an instance is started with, as JSON in its first argument. */
export interface InstanceOptions {
  storage: StorageChoice
  /** File that handlers write to, one line per event: what really happened. */
  ledger: string
  concurrency: number
  /** Declares a schedule that is due so often. */
  everyMs?: number | undefined
}

export type StorageChoice =
  | { kind: 'sqlite'; file: string }
  | { kind: 'postgres'; url: string; schema: string }

export function openStorage(choice: StorageChoice): TaskStorage {
  const { kind, ...options } = choice
  return kind === 'sqlite'
    ? sqliteStorage(options as { file: string })
    : postgresStorage(options as { url: string; schema: string })
}

/** The tasks of an instance. Each writes to the ledger when it starts and when it ends. */
export function instanceTasks(ledger: string) {
  const write = (event: string, taskId: string) =>
    appendFileSync(ledger, `${event} ${taskId} ${process.pid}\n`)
  /** Returns its number; may hang the first time. */
  const numbered = async (payload: { n: number; hangs: boolean }, { taskId }: TaskContext) => {
    const again = readFileSync(ledger, 'utf8').includes(`start ${taskId} `)
    write('start', taskId)
    if (payload.hangs && !again) await new Promise(() => {})
    write('end', taskId)
    return payload.n
  }
  const quick = defineTask({
    name: 'quick',
    run(_: undefined, { taskId }) {
      write('start', taskId)
      write('end', taskId)
    },
  })
  /** Hangs the first time, ends the second. */
  const hangs = defineTask({
    name: 'hangs',
    requeueOnInterrupt: true,
    async run(_: undefined, { taskId }) {
      const again = readFileSync(ledger, 'utf8').includes(`start ${taskId} `)
      write('start', taskId)
      if (!again) await new Promise(() => {})
      write('end', taskId)
    },
  })
  const part = defineTask({ name: 'part', requeueOnInterrupt: true, run: numbered })
  /** Adds up what its parents returned. */
  const sum = defineTask({
    name: 'sum',
    run(_: undefined, { taskId, parents }) {
      write('start', taskId)
      return parents.of(part).reduce((total, { result = 0 }) => total + result, 0)
    },
  })
  const source = defineTask({ name: 'source', requeueOnInterrupt: true, run: numbered })
  const follower = defineTask({
    name: 'follower',
    requeueOnInterrupt: true,
    after: [on(source, (n) => ({ n }))],
    run: ({ n }: { n: number }) => n,
  })
  /** Blocks the event loop. */
  const spins = defineTask({
    name: 'spins',
    requeueOnInterrupt: true,
    run({ ms }: { ms: number }, { taskId }) {
      write('start', taskId)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
      write('end', taskId)
    },
  })
  return { quick, hangs, part, sum, source, follower, spins }
}

if (import.meta.main) {
  const { storage, ledger, concurrency, everyMs } = JSON.parse(
    process.argv[2] ?? '',
  ) as InstanceOptions
  const known = instanceTasks(ledger)
  const tasks = Object.values(known)
  const manager = new TaskManager({ tasks, storage: openStorage(storage), concurrency })
  if (everyMs !== undefined) {
    await manager.schedule(known.quick, { everyMs }, { overlap: 'allow' })
  }
  await manager.start()
  process.send?.('ready')
  process.once('SIGTERM', () => void manager.stop({ graceMs: 0, abortMs: 0 }))
}
