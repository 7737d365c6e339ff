// biome-ignore-all lint/suspicious/noConsole: what is printed is captured

import { spawn } from 'node:child_process'
import { writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, threadId } from 'node:worker_threads'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { TaskflowError } from '../../errors.ts'
import { getTaskContext, type TaskContext, taskLog } from '../../run/context.ts'
import { defineTask, type Task, type TaskOptions } from '../../run/define-task.ts'
import { AbandonTask, SnoozeTask, TaskAborted } from '../../run/signals.ts'
import { hostile, returned } from './test-values.ts'

// The tasks file of the executors' tests: what their threads and processes import. Light, since
// many workers are started.

/** Runs in the test's own process. */
export const checked = defineTask<StandardSchemaV1<{ size: number }>, number>({
  name: 'checked',
  schema: {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate(value) {
        const { size } = Object(value)
        if (typeof size === 'number') return { value: { size } }
        return { issues: [{ path: ['size'], message: 'expected number' }] }
      },
    },
  },
  run: ({ size }) => size * 2,
})

let release = () => {}
const released = new Promise<void>((resolve) => {
  release = resolve
})

const acts: Record<string, (context: TaskContext, input: unknown) => unknown> = {
  echo: (_, input) => input,
  context({ taskId, funcName, attempt, tags }) {
    return { taskId, funcName, attempt, tags, same: getTaskContext().taskId === taskId }
  },
  worker: () => ({ pid: process.pid, threadId, env: process.env.TASKFLOW_TEST ?? null }),

  async log({ log }) {
    log('first')
    taskLog('from below', 'warn')
    await sleep(1)
    log('second', 'error')
  },
  flood({ log }) {
    for (let n = 0; n < 1_000_000; n++) log(`line ${n}`)
  },
  longLine: ({ log }) => log('x'.repeat(50_000_000)),
  print() {
    console.log('printed')
    console.error('to stderr')
    process.stdout.write('in ')
    process.stdout.write(new TextEncoder().encode('pieces\r\n\u00e9 without end'))
  },
  printFlood() {
    for (let n = 0; n < 20_000; n++) console.log(`line ${n}`)
  },
  printNatively: () => void writeSync(1, 'by a system call\n'),
  grandchild: () =>
    new Promise((resolve) => {
      const script = 'console.log("from further down")'
      spawn(process.execPath, ['-e', script], { stdio: 'inherit' }).on('close', resolve)
    }),

  blab({ log }, input) {
    const { token } = Object(input)
    log(`the token is ${token}`)
    console.log(`it is ${token}`)
    throw new Error(`it was ${token}`)
  },

  enqueue: ({ tasks }, size) =>
    tasks.enqueue(checked, { size: Number(size) }, { tags: { a: 'b' } }),
  flow: ({ tasks }) =>
    tasks.flow((flow) => {
      const first = flow.add(checked, { size: 1 })
      const second = flow.add(checked, { size: 2 })
      const parents = onThread.parents as Task<unknown, unknown>
      const last = flow.add(parents, null, { after: [second, first] })
      return { first, last }
    }),
  parents: ({ parents }) => [parents, parents.of(checked).map(({ result }) => result)],
  async enqueueLater({ tasks }, at) {
    const when = new Date(Number(at))
    return (await tasks.enqueue(checked, { size: 1 }, { runAt: when })).taskId
  },
  async enqueueNever({ tasks }) {
    const options = { runAt: new Date(Number.NaN) }
    return String(await tasks.enqueue(checked, { size: 1 }, options).catch((error) => error))
  },
  async enqueueBadly({ tasks }) {
    const payload = { size: 'wrong' as unknown as number }
    const error = await tasks.enqueue(checked, payload).catch((refused: unknown) => refused)
    if (!(error instanceof TaskflowError)) throw new Error('expected a TaskflowError')
    const { code, issues, message } = error
    return { code, issues, message }
  },

  fail() {
    const cause = new TypeError('the cause')
    throw Object.assign(new RangeError('out of range', { cause }), { code: 'E_RANGE' })
  },
  snooze() {
    throw new SnoozeTask(60_000)
  },
  abandon() {
    throw new AbandonTask('hopeless')
  },
  throw(_, input) {
    throw hostile[String(input)]?.()
  },
  return: (_, input) => returned[String(input)]?.(),

  async heed({ signal, log }) {
    log('waits')
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    const reason: unknown = signal.reason
    if (!(reason instanceof TaskAborted)) throw new Error('expected a TaskAborted')
    throw new Error(`told: ${reason.reason}, ${reason.message}`)
  },
  /** Never yields: what it writes must be seen all the same. */
  spin({ log, progress }) {
    progress(0.25, 'a quarter')
    log(`spins in ${process.pid}`)
    for (;;);
  },

  exit({ log }, code) {
    log('last words')
    process.exit(Number(code))
  },
  /** Leaves something running that throws in the time of `release`. */
  leaveRejection() {
    void released.then(() => {
      throw new TypeError('left behind')
    })
  },
  leaveTimer() {
    void released.then(() =>
      setTimeout(() => {
        throw new TypeError('left behind')
      }, 0),
    )
  },
  async release() {
    release()
    await sleep(50)
    return { pid: process.pid, threadId }
  },
  async detached() {
    void Promise.reject(new TypeError('nobody catches this'))
    await sleep(60_000)
  },
  eatMemory() {
    let kept: unknown
    for (;;) kept = { kept }
  },
  /** Uses the channel to the app for a message of its own. */
  async say(_, input) {
    if (process.send) process.send(input)
    else parentPort?.postMessage(input)
    await sleep(100)
    return 'said'
  },
  abort: () => process.abort(),
  disconnect: async () => {
    process.disconnect()
    await sleep(60_000)
  },
}

acts.spinTooLong = (context, input) => acts.spin?.(context, input)

const settings: Record<string, Partial<TaskOptions<unknown, unknown>>> = {
  abandon: { retries: 3 },
  blab: { secret: ['token'] },
  exit: { retries: 1, delayMs: 0 },
  spinTooLong: { retries: 1, delayMs: 0, timeoutMs: 300 },
}

/** One task for each act, by its name. */
function tasksOn(executor: string): Record<string, Task<unknown, unknown>> {
  return Object.fromEntries(
    Object.entries(acts).map(([name, act]) => [
      name,
      defineTask<unknown, unknown>({
        name: `${executor}.${name}`,
        executor,
        ...settings[name],
        run: (input, context) => act(context, input),
      }),
    ]),
  )
}

export const onThread = tasksOn('thread')
export const onProcess = tasksOn('process')
