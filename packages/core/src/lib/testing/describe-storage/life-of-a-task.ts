import assert from 'node:assert/strict'
import type { NewTask, SettlementOutcome, StoredTask } from '../../storage/contract.ts'
import { type Bench, HOUR, line, MINUTE, SECOND, T0 } from './bench.ts'
import type { Suite } from './harness.ts'

/** A task in some state, and what the one who runs or ran it knows of it. */
interface Subject {
  taskId: string
  fence: number
}

/** How a task gets into each state. 'a' is who runs it. */
const STATES = {
  scheduled: (bench) => pending(bench, { runAt: T0 + MINUTE }),
  queued: (bench) => pending(bench, {}),
  async blocked(bench) {
    const parent = await bench.add({ funcName: 'parent' })
    return pending(bench, { dependsOn: [parent] })
  },
  retrying: (bench) => ended(bench, 'retry'),
  running: (bench) => running(bench, {}),
  'running, to be requeued': (bench) => running(bench, { requeueOnInterrupt: true }),
  async 'running, asked to stop'(bench) {
    const subject = await running(bench, { requeueOnInterrupt: true })
    await bench.storage.cancel({ taskIds: [subject.taskId], now: T0 })
    return subject
  },
  success: (bench) => ended(bench, 'success'),
  failed: (bench) => ended(bench, 'failed'),
  interrupted: (bench) => ended(bench, 'released'),
  cancelled: (bench) => ended(bench, 'cancelled'),
} satisfies Record<string, (bench: Bench) => Promise<Subject>>

/** Whatever anybody may do to a task; true when it was done. */
const ACTS = {
  'time passes': async () => true,
  'insert again': async (bench, { taskId }) => {
    const [result] = await bench.insert([bench.task({ taskId, payload: '"other"' })])
    return result?.duplicate === false
  },
  claim: async (bench) => {
    await bench.join('b')
    return (await bench.claim('b')).length > 0
  },
  succeed: settling('success'),
  'fail and retry': settling('retry'),
  fail: settling('failed'),
  'give up': settling('cancelled'),
  snooze: settling('snoozed'),
  release: settling('released'),
  'hand back': settling('unstarted'),
  'succeed under an old fence': settling('success', (subject) => ({
    ...subject,
    fence: subject.fence - 1,
  })),
  'succeed under a later fence': settling('success', (subject) => ({
    ...subject,
    fence: subject.fence + 1,
  })),
  'succeed elsewhere': async (bench, subject) => {
    await bench.join('b')
    return (await bench.settle('b', subject, 'success')).result === 'settled'
  },
  log: async (bench, { taskId, fence }) => {
    const batches = [
      { taskId, fence, entries: [line('x')], progress: { fraction: 0.5, message: null } },
    ]
    const [result] = await bench.logs.append({ instanceId: 'a', batches })
    return result?.result === 'appended'
  },
  crash: async (bench) => (await bench.recover([{ instanceId: 'a', beat: 0 }])).length > 0,
  'crash for the last time': async (bench) =>
    (await bench.recover([{ instanceId: 'a', beat: 0 }], T0, { maxCrashes: 1 })).length > 0,
  'be judged by an old beat': async (bench) =>
    (await bench.recover([{ instanceId: 'a', beat: 7 }])).length > 0,
  cancel: cancelling(false, T0 + SECOND),
  'cancel by force': cancelling(true, T0 + SECOND),
  'cancel by force too soon': cancelling(true, T0 + SECOND - 1),
  'run now': async (bench, { taskId }) => {
    const results = await bench.storage.reschedule({ tasks: [{ taskId }], now: T0 })
    return results[0]?.result === 'changed'
  },
  delete: async (bench) => {
    const { deleted } = await bench.storage.prune({ endedBefore: T0 + HOUR, limit: 10 })
    return deleted > 0
  },
} satisfies Record<string, (bench: Bench, subject: Subject) => Promise<boolean>>

type State = keyof typeof STATES
type Act = keyof typeof ACTS

/** What a task is after an act: its phase, and numbers where they matter. Null: it is gone. */
type Then = [phase: StoredTask['phase'], numbers?: Partial<Pick<StoredTask, Counted>>] | null
type Counted = 'fence' | 'attemptsMade' | 'crashes' | 'logCount'

const STOPPED: Then = ['cancelled', { fence: 1, attemptsMade: 0 }]
const cancelPending = {
  cancel: STOPPED,
  'cancel by force': STOPPED,
  'cancel by force too soon': STOPPED,
} satisfies Partial<Record<Act, Then>>

/** The whole life of a task. What is not in the table is refused, and changes nothing. */
const LIFE: Record<State, Partial<Record<Act, Then>>> = {
  scheduled: { 'time passes': ['queued'], 'run now': ['queued'], ...cancelPending },
  queued: { claim: ['running', { fence: 1, attemptsMade: 1 }], ...cancelPending },
  blocked: { ...cancelPending },
  retrying: {
    'time passes': ['queued'],
    'run now': ['queued', { fence: 1, attemptsMade: 1 }],
    cancel: ['cancelled', { fence: 2, attemptsMade: 1 }],
    'cancel by force': ['cancelled', { fence: 2 }],
    'cancel by force too soon': ['cancelled', { fence: 2 }],
  },
  running: {
    succeed: ['success', { fence: 1, attemptsMade: 1 }],
    'fail and retry': ['retrying', { fence: 1, attemptsMade: 1 }],
    fail: ['failed', { fence: 1, attemptsMade: 1 }],
    'give up': ['cancelled', { fence: 1, attemptsMade: 1 }],
    snooze: ['scheduled', { fence: 1, attemptsMade: 0 }],
    release: ['interrupted', { fence: 2, attemptsMade: 0 }],
    'hand back': ['queued', { fence: 2, attemptsMade: 0 }],
    log: ['running', { logCount: 1 }],
    crash: ['interrupted', { fence: 2, attemptsMade: 0, crashes: 1 }],
    'crash for the last time': ['interrupted', { fence: 2, crashes: 1 }],
    cancel: ['running', { fence: 1 }],
  },
  'running, to be requeued': {
    succeed: ['success'],
    'fail and retry': ['retrying', { fence: 1, attemptsMade: 1 }],
    fail: ['failed'],
    'give up': ['cancelled'],
    snooze: ['scheduled', { fence: 1, attemptsMade: 0 }],
    release: ['queued', { fence: 2, attemptsMade: 0, crashes: 0 }],
    'hand back': ['queued', { fence: 2, attemptsMade: 0 }],
    log: ['running', { logCount: 1 }],
    crash: ['queued', { fence: 2, attemptsMade: 0, crashes: 1 }],
    'crash for the last time': ['failed', { fence: 2, attemptsMade: 0, crashes: 1 }],
    cancel: ['running', { fence: 1 }],
  },
  'running, asked to stop': {
    succeed: ['success', { fence: 1, attemptsMade: 1 }],
    'fail and retry': ['cancelled'],
    fail: ['cancelled'],
    'give up': ['cancelled', { fence: 1, attemptsMade: 1 }],
    snooze: ['cancelled'],
    release: ['cancelled'],
    'hand back': ['cancelled'],
    log: ['running', { logCount: 1 }],
    crash: ['cancelled', { fence: 2, crashes: 1 }],
    'crash for the last time': ['cancelled', { fence: 2, crashes: 1 }],
    'cancel by force': ['cancelled', { fence: 2 }],
  },
  success: { delete: null },
  failed: { delete: null },
  interrupted: { delete: null },
  cancelled: { delete: null },
}

/** What the end of a parent makes of a task that waits for it, by its policy. */
const PARENTS: [policy: NewTask['onParentFailure'], end: 'success' | 'failed', then: Then][] = [
  ['hold', 'success', ['queued']],
  ['fail', 'success', ['queued']],
  ['run', 'success', ['queued']],
  ['hold', 'failed', ['blocked']],
  ['fail', 'failed', ['failed', { fence: 0, attemptsMade: 0 }]],
  ['run', 'failed', ['queued']],
]

/** Every transition of a task, and every pair of state and act that is none. */
export function lifeOfATaskCases({ describe, test, has }: Suite): void {
  const states = Object.keys(STATES) as State[]
  const acts = (Object.keys(ACTS) as Act[]).filter((act) => act !== 'log' || has('logs'))

  describe('the life of a task', () => {
    for (const state of states) {
      for (const act of acts) {
        const then = LIFE[state][act]
        if (then === undefined) {
          test(`${state}: '${act}' changes nothing`, async (bench) => {
            const subject = await STATES[state](bench)
            const before = await bench.get(subject.taskId)
            const done = await ACTS[act](bench, subject)
            assert.equal(done, act === 'time passes', 'the act was refused')
            assert.deepEqual(await bench.get(subject.taskId, after(act)), before)
          })
        } else {
          test(`${state}: '${act}' makes it ${then?.[0] ?? 'gone'}`, async (bench) => {
            const subject = await STATES[state](bench)
            assert.equal(await ACTS[act](bench, subject), true, 'the act was done')
            matches(await bench.find(subject.taskId, after(act)), then)
          })
        }
      }
    }

    for (const [policy, end, then] of PARENTS) {
      test(`blocked, '${policy}': a parent that ends as ${end} makes it ${then?.[0]}`, async (bench) => {
        const parent = await bench.add()
        const child = await bench.add({ dependsOn: [parent], onParentFailure: policy })
        await bench.run(end)
        matches(await bench.find(child), then)
      })
    }

    for (const state of ['failed', 'interrupted', 'cancelled'] as const) {
      test(`${state}: a retry is another task`, async (bench) => {
        const { taskId } = await STATES[state](bench)
        const before = await bench.get(taskId)
        const retry = await bench.add({ retryOf: taskId })
        assert.equal((await bench.get(retry)).phase, 'queued')
        assert.deepEqual(await bench.get(taskId), before)
      })
    }
  })
}

/** When the task is looked at. */
function after(act: Act): number {
  return act === 'time passes' ? T0 + HOUR : T0
}

function matches(task: StoredTask | null, then: Then): void {
  if (then === null) {
    assert.equal(task, null)
    return
  }
  const [phase, numbers = {}] = then
  assert.equal(task?.phase, phase)
  for (const [name, value] of Object.entries(numbers)) {
    assert.equal(task[name as Counted], value, name)
  }
}

async function pending(bench: Bench, more: Partial<NewTask>): Promise<Subject> {
  const taskId = await bench.add(more)
  await bench.join('a')
  return { taskId, fence: 0 }
}

async function running(bench: Bench, more: Partial<NewTask>): Promise<Subject> {
  await bench.add(more)
  return bench.start('a')
}

async function ended(bench: Bench, type: SettlementOutcome['type']): Promise<Subject> {
  const subject = await running(bench, {})
  await bench.settle('a', subject, type, T0, { delayMs: MINUTE })
  return subject
}

/** Settling in the name of who runs or ran it. */
function settling(
  type: SettlementOutcome['type'],
  as: (subject: Subject) => Subject = (subject) => subject,
) {
  return async (bench: Bench, subject: Subject): Promise<boolean> => {
    const { result } = await bench.settle('a', as(subject), type, T0, { delayMs: MINUTE })
    return result === 'settled'
  }
}

/** A request of T0 has waited for its grace a second later. */
function cancelling(force: boolean, now: number) {
  return async (bench: Bench, { taskId }: Subject): Promise<boolean> => {
    const input = { taskIds: [taskId], force, graceMs: SECOND, now }
    const before = await bench.get(taskId)
    const [answer] = await bench.storage.cancel(input)
    // Asked already: the first request stands.
    if (answer?.result === 'requested') return before.cancelRequestedAt === null
    return answer?.result === 'cancelled'
  }
}
