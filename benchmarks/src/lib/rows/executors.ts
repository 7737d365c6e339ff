import { fork } from 'node:child_process'
import { type ExecutorAttempt, type Task, type TaskExecutor, TaskManager } from '@taskflow/core'
import { processExecutor, threadExecutor } from '@taskflow/core/node'
import { taskParents } from '@taskflow/core/testing'
import { Piscina } from 'piscina'
import { inProcess, inThread } from '../workers/tasks.ts'
import { type Context, type Values, warmUpOf } from './context.ts'

/** Threads or children, of ours and of others. */
const WORKERS = 2
/** Calls under way at once: none ever waits for the next one. */
const IN_FLIGHT = 50

const worker = (name: string) => new URL(`../workers/${name}.ts`, import.meta.url)
const options = { tasksFile: worker('tasks'), concurrency: WORKERS }

/** No-op tasks per second in threads and child processes, ours beside others'. */
export async function executors({ settings: { count } }: Context): Promise<Values> {
  return {
    'executors-thread': await ofExecutor(threadExecutor(options), inThread, count),
    'executors-thread-manager': await ofManager(inThread, count),
    'executors-piscina': await ofPiscina(count),
    'executors-process': await ofExecutor(processExecutor(options), inProcess, count),
    'executors-process-manager': await ofManager(inProcess, count),
    'executors-fork': await ofFork(count),
  }
}

/** Jobs per second; the first ones are not counted: workers are started by then. */
async function rate(count: number, run: () => Promise<unknown>): Promise<number> {
  const through = async (jobs: number) => {
    let left = jobs
    const lane = async () => {
      while (left-- > 0) await run()
    }
    await Promise.all(Array.from({ length: IN_FLIGHT }, lane))
  }
  await through(warmUpOf(count))
  const start = performance.now()
  await through(count)
  return (count * 1_000) / (performance.now() - start)
}

async function ofExecutor(
  executor: TaskExecutor,
  task: Task<unknown, unknown>,
  count: number,
): Promise<number> {
  const { signal } = new AbortController()
  const { name: funcName } = task
  const attempt = {
    task,
    payload: { n: 1 },
    context: { taskId: '1', funcName, attempt: 0, tags: {}, signal, parents: taskParents([]) },
    limits: { maxJsonBytes: 1_000_000, maxLogLines: 1_000, maxLogBytes: 1_000_000 },
    trace: () => null,
  } as unknown as ExecutorAttempt
  const perSecond = await rate(count, () => executor.execute(attempt))
  await executor.close?.()
  return perSecond
}

/** With all that a task has: stored in memory, claimed, run, settled. */
async function ofManager(task: Task<unknown, unknown>, count: number): Promise<number> {
  const { tasksFile, concurrency } = options
  const manager = new TaskManager({
    tasks: [task],
    tasksFile,
    threads: concurrency,
    processes: concurrency,
  })
  let ended = 0
  let wake = () => {}
  manager.subscribe(({ step }) => {
    if (step === 'success') ended++
    wake()
  })
  await manager.start()
  const through = async (jobs: number) => {
    const target = ended + jobs
    for (let n = 0; n < jobs; n += 1_000) {
      const items = Array.from({ length: Math.min(1_000, jobs - n) }, () => ({ payload: { n } }))
      await manager.enqueueMany(task, items)
    }
    while (ended < target) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  await through(warmUpOf(count))
  const start = performance.now()
  await through(count)
  const elapsed = performance.now() - start
  await manager.stop({ graceMs: 0, abortMs: 0 })
  return (count * 1_000) / elapsed
}

async function ofPiscina(count: number): Promise<number> {
  const pool = new Piscina({
    filename: worker('piscina').href,
    minThreads: WORKERS,
    maxThreads: WORKERS,
  })
  const perSecond = await rate(count, () => pool.run({ n: 1 }))
  await pool.destroy()
  return perSecond
}

/** The least there is: a message to a child that is free, and one back. */
async function ofFork(count: number): Promise<number> {
  const children = Array.from({ length: WORKERS }, () => fork(worker('fork')))
  const free = [...children]
  const waiting: (() => void)[] = []
  const perSecond = await rate(count, async () => {
    if (free.length === 0) await new Promise<void>((resolve) => waiting.push(resolve))
    const child = free.pop()
    if (!child) throw new Error('expected a free child')
    await new Promise<void>((resolve) => {
      child.once('message', () => resolve())
      child.send({ n: 1 })
    })
    free.push(child)
    waiting.shift()?.()
  })
  for (const child of children) child.kill()
  return perSecond
}
