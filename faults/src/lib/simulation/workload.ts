import {
  AbandonTask,
  asyncExecutor,
  type Clock,
  defineTask,
  on,
  SnoozeTask,
  type TaskContext,
  type TaskExecutor,
} from '@taskflow/core'
import type { Random } from '../random.ts'
import type { Ledger } from './ledger.ts'

/** A task's payload: which one it is, and how long it works. */
export interface Work {
  n: number
  ms: number
}

/** Another place to run tasks, beside a manager's own slots. */
export const FAR: TaskExecutor = { ...asyncExecutor, name: 'far', concurrency: 3 }

/** One version of the app. */
export interface AppVersion {
  /** Functions that it does not have. */
  without: readonly string[]
  /** How often its schedule is due. */
  everyMs: number
}

/** What may be deployed: one function comes, then another one goes; each has its own schedule. */
export const VERSIONS: readonly AppVersion[] = [
  { without: ['newcomer'], everyMs: 7_000 },
  { without: [], everyMs: 5_000 },
  { without: ['hasty'], everyMs: 9_000 },
]
/** The version that has all functions. */
export const WHOLE = 1

/** What a process's tasks work with. */
interface Surroundings {
  clock: Clock
  random: Random
  ledger: Ledger
  violated: (what: string) => void
  without: readonly string[]
}

/** Tasks that end in every way, as one process has them. */
export function workload({ clock, random, ledger, violated, without }: Surroundings) {
  const begin = ({ taskId, funcName }: TaskContext, n?: number) => {
    if (!ledger.start(taskId)) violated(`${funcName} ${taskId} started more often than claimed`)
    if (n !== undefined && ledger.refused.has(n)) {
      violated(`${funcName} ${taskId} runs though its enqueue said that it was not committed`)
    }
  }
  const pause = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      clock.after(ms, resolve)
      signal?.addEventListener('abort', () => reject(signal.reason))
    })
  const quick = defineTask({
    name: 'quick',
    run({ n }: Work, context) {
      begin(context, n)
      return n
    },
  })
  const slow = defineTask({
    name: 'slow',
    async run({ n, ms }: Work, context) {
      begin(context, n)
      context.log('begins')
      await pause(ms, context.signal)
      context.log('ends')
    },
  })
  const again = defineTask({
    name: 'again',
    requeueOnInterrupt: true,
    async run({ n, ms }: Work, context) {
      begin(context, n)
      await pause(ms * 2, context.signal)
    },
  })
  const flaky = defineTask({
    name: 'flaky',
    retries: 3,
    delayMs: 500,
    run({ n }: Work, context) {
      begin(context, n)
      const at = random.next()
      if (at < 0.2) throw new SnoozeTask(700)
      if (at < 0.3) throw new AbandonTask('never mind')
      if (at < 0.6) throw new Error('once more')
    },
  })
  const limited = defineTask({
    name: 'limited',
    concurrency: 2,
    requeueOnInterrupt: true,
    async run({ n, ms }: Work, context) {
      begin(context, n)
      await pause(ms / 2, context.signal)
    },
  })
  /** Heeds neither its time-out nor a shutdown. */
  const stubborn = defineTask({
    name: 'stubborn',
    timeoutMs: 1_000,
    async run({ n, ms }: Work, context) {
      begin(context, n)
      await pause(ms * 2)
    },
  })
  const hasty = defineTask({
    name: 'hasty',
    retries: 9,
    async run({ n, ms }: Work, context) {
      begin(context, n)
      await pause(ms / 8, context.signal)
      if (random.chance(0.7)) throw new Error('at once again')
    },
  })
  /** Runs in slots of its own. */
  const far = defineTask({
    name: 'far',
    executor: FAR.name,
    async run({ n, ms }: Work, context) {
      begin(context, n)
      await pause(ms, context.signal)
    },
  })
  const newcomer = defineTask({
    name: 'newcomer',
    requeueOnInterrupt: true,
    async run({ n, ms }: Work, context) {
      begin(context, n)
      await pause(ms, context.signal)
    },
  })
  const follows = defineTask({
    name: 'follows',
    after: [on(quick, () => undefined)],
    run(_: undefined, context) {
      begin(context)
    },
  })
  const ticker = defineTask({
    name: 'ticker',
    run(_: undefined, context) {
      begin(context)
    },
  })
  const every = [quick, slow, again, flaky, limited, stubborn, hasty, far, newcomer]
  const enqueued = every.filter(({ name }) => !without.includes(name))
  return { enqueued, slow, far, ticker, all: [...enqueued, follows, ticker] }
}

/** What may start more than once; all others do so once at most. */
export const REPEATED = ['flaky', 'hasty', 'again', 'limited', 'newcomer']
/** What operators pause. */
export const PAUSABLE = ['quick', 'slow', 'again', 'flaky', 'limited', 'newcomer', 'follows']
