// An app in a process of its own, for tests that need several: runs tasks until it is told to stop.
import { appendFileSync, readFileSync } from 'node:fs'
import {
  defineTask,
  on,
  type Task,
  type TaskContext,
  TaskManager,
  type TaskManagerOptions,
  type TaskStorage,
} from '@taskflow/core'
import { postgresStorage } from '@taskflow/storage-postgres'
import { sqliteStorage } from '@taskflow/storage-sqlite'

/** What an instance is started with, as JSON in its first argument. */
export interface InstanceOptions {
  storage: StorageChoice
  /** File that handlers write to, one line per event: what really happened. */
  ledger: string
  manager: ManagerOptions
  /** Declares a schedule that is due so often. */
  everyMs?: number | undefined
}

/** Settings of a manager that JSON can hold. */
export type ManagerOptions = Pick<
  TaskManagerOptions,
  'concurrency' | 'cancelGraceMs' | 'maxCrashes' | 'handleSignals' | 'tasksFile'
>

export type StorageChoice =
  | { kind: 'sqlite'; file: string }
  | { kind: 'postgres'; url: string; schema: string }

export function openStorage(choice: StorageChoice): TaskStorage {
  const { kind, ...options } = choice
  return kind === 'sqlite'
    ? sqliteStorage(options as { file: string })
    : postgresStorage(options as { url: string; schema: string })
}

/** Writes what happens to the ledger: a line is one write, so that lines of all processes are in order. */
export function ledgerOf(file: string) {
  return (event: string, taskId: string) =>
    appendFileSync(file, `${event} ${taskId} ${process.pid} ${Date.now()}\n`)
}

/** The tasks of an instance. Each writes to the ledger when it starts and when it ends. */
export function instanceTasks(ledger: string) {
  const write = ledgerOf(ledger)
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
    async run(_: undefined, { taskId }) {
      write('start', taskId)
      // Long enough that one process does not do it all before the others have heard.
      await new Promise((resolve) => setTimeout(resolve, 2))
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

/** Runs these tasks, as the first argument says, until the process is told to stop. */
export async function runInstance<Tasks extends Record<string, Task>>(
  tasksOf: (ledger: string) => Tasks,
  prepare?: (manager: TaskManager, tasks: Tasks, options: InstanceOptions) => Promise<void>,
) {
  const options = JSON.parse(process.argv[2] ?? '') as InstanceOptions
  const { storage, ledger, manager: settings } = options
  const known = tasksOf(ledger)
  const tasks = Object.values(known)
  const manager = new TaskManager({ tasks, storage: openStorage(storage), ...settings })
  await prepare?.(manager, known, options)
  await manager.start()
  process.send?.('ready')
  manager.stopping.addEventListener('abort', () => ledgerOf(ledger)('stopping', '-'))
  if (settings.handleSignals) return
  process.once('SIGTERM', () => void manager.stop({ graceMs: 0, abortMs: 0 }))
}

if (import.meta.main) {
  await runInstance(instanceTasks, async (manager, { quick }, { everyMs }) => {
    if (everyMs !== undefined) await manager.schedule(quick, { everyMs }, { overlap: 'allow' })
  })
}
