// The app that faults happen to: a process of its own, which uses nothing but the public API.
import { setTimeout as wait } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type EnqueueOptions, StorageUnavailableError, TaskManager } from '@taskflow/core'
import { timeClaims } from './claim-times.ts'
import { openLedger } from './ledger-file.ts'
import { openStorage, type StorageChoice } from './storage-choice.ts'
import { type VictimWork, victimTasks } from './victim-tasks.ts'

/** What a victim is started with, as JSON in its first argument. */
export interface VictimOptions {
  storage: StorageChoice
  folder: string
  concurrency: number
  /** Enqueues one after the other, so many at once, until it is told otherwise. [nothing] */
  load?: { atOnce: number; pauseMs: number; workMs: number } | undefined
  /** Declares a schedule that is due so often. [none] */
  everyMs?: number | undefined
  /** The app's next version, which has one task more. [false] */
  isNewer?: boolean | undefined
  /** Writes down how long claims took. [false] */
  timesClaims?: boolean | undefined
}

/** What a victim is told. */
export type VictimOrder =
  | {
      order: 'enqueue'
      works: VictimWork[]
      options?: EnqueueOptions
      /** In one commit: all, or none. */
      together?: boolean
      /** As tasks that only the next version has. */
      newer?: boolean
    }
  | { order: 'rest' }
  | { order: 'heap' }
  | { order: 'stop'; graceMs: number }

/** What it answers; to `enqueue` with the ids, null where it was rejected. */
export interface VictimAnswer {
  ids?: (string | null)[]
  errors?: string[]
  /** To `heap`: what is in use once garbage is collected, in MB. */
  heapMegabytes?: number
}

const options = JSON.parse(process.argv[2] ?? '') as VictimOptions
const write = openLedger(options.folder)
const tasks = victimTasks(write)
const troubles: string[] = []
const storage = openStorage(options.storage)
const manager = new TaskManager({
  tasks: Object.values(tasks).filter((task) => options.isNewer || task !== tasks.newer),
  storage: options.timesClaims ? timeClaims(storage, options.folder) : storage,
  concurrency: options.concurrency,
  maxCrashes: 1_000,
  onError: (error) => troubles.push(String(error)),
})
if (options.everyMs !== undefined) {
  void manager.schedule(tasks.tick, { everyMs: options.everyMs }, { overlap: 'allow' })
}
let resting = options.load === undefined

process.on('message', (order: VictimOrder) => void obey(order))
await manager.start()
process.send?.({ instanceId: manager.instanceId, pid: process.pid })
if (options.load) for (let n = 0; n < options.load.atOnce; n++) void produce(options.load)

async function obey(order: VictimOrder): Promise<void> {
  if (order.order === 'heap') return void process.send?.({ heapMegabytes: heapInUse() })
  if (order.order !== 'enqueue') resting = true
  if (order.order === 'stop') {
    await manager.stop({ graceMs: order.graceMs, abortMs: 0 })
    process.send?.({ errors: troubles }, () => process.disconnect())
    return
  }
  if (order.order === 'rest') return void process.send?.({ errors: troubles })
  const task = order.newer ? tasks.newer : tasks.work
  const calls = order.together
    ? await enqueueTogether(order.works, order.options)
    : await Promise.all(order.works.map((work) => enqueue(work, order.options, task)))
  process.send?.({ ids: calls, errors: troubles } satisfies VictimAnswer)
}

function heapInUse(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed / 1e6
}

async function enqueue(work: VictimWork, more?: EnqueueOptions, task = tasks.work) {
  write('try', work.n)
  try {
    const { taskId } = await manager.enqueue(task, work, more)
    write('ack', work.n, taskId)
    return taskId
  } catch (error) {
    write(rejected(error), work.n)
    return null
  }
}

/** In one commit: all, or none. */
async function enqueueTogether(works: VictimWork[], more: EnqueueOptions = {}) {
  for (const { n } of works) write('try', n)
  const items = works.map((payload) => ({ payload, options: more }))
  try {
    const refs = await manager.enqueueMany(tasks.work, items)
    for (const [i, { n }] of works.entries()) write('ack', n, refs[i]?.taskId)
    return refs.map(({ taskId }) => taskId)
  } catch (error) {
    for (const { n } of works) write(rejected(error), n)
    return works.map(() => null)
  }
}

/** Notes an error of an enqueue; what it says of the commit. */
function rejected(error: unknown): 'refused' | 'unknown' {
  troubles.push(String(error))
  return error instanceof StorageUnavailableError && error.committed === 'no'
    ? 'refused'
    : 'unknown'
}

async function produce({ pauseMs, workMs }: NonNullable<VictimOptions['load']>): Promise<void> {
  for (let i = 0; !resting; i++) {
    const n = `${process.pid}-${performance.now().toFixed(3)}-${i}`
    await enqueue({ n, kind: i % 7 === 0 ? 'fails' : 'ok', ms: workMs })
    await wait(pauseMs)
  }
}
