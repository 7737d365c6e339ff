import assert from 'node:assert/strict'
import { describe, it } from 'vitest'
import type { ClaimedTask, Settlement, SettleResult, TaskStorage } from '../../storage/contract.ts'
import { catches, type Fault, failures } from './faulty.ts'

// The suite is worth what it finds: each of these must fail the cases that are named.
const faults: [name: string, found: RegExp, fault: Fault][] = [
  [
    'settles whatever the fence and owner',
    /zombie|old fence|another instance/,
    (good) => ({
      async turn(input) {
        const taskIds = input.settle.map(({ taskId }) => taskId)
        const tasks = await good.get({ taskIds })
        const instanceId = tasks[0]?.instance ?? input.instanceId
        const settle = input.settle.map((settlement, n) => ({
          ...settlement,
          fence: tasks[n]?.fence ?? settlement.fence,
        }))
        return good.turn({ ...input, instanceId, settle })
      },
    }),
  ],
  [
    'shows a running attempt with the error of the one before it',
    /no error of the one before/,
    (good) => ({
      async get(input) {
        const tasks = await good.get(input)
        for (const task of tasks) {
          const running = task?.attempts.find(({ endedAt }) => endedAt === null)
          if (task && running) running.error = task.error
        }
        return tasks
      },
    }),
  ],
  [
    'claims a task twice',
    /takes a task once|concurrent turns/,
    (good) => {
      let last: ClaimedTask | undefined
      return {
        async turn(input) {
          const result = await good.turn(input)
          const again = input.claim !== null && last !== undefined && result.claimed.length === 0
          if (again && last !== undefined) result.claimed.push(last)
          last = result.claimed[0] ?? last
          return result
        },
      }
    },
  ],
  [
    'claims without a lease',
    /never joined/,
    (good) => ({
      async turn(input) {
        const { instanceId } = input
        const instance = { instanceId, host: '', pid: 1, version: '', functions: [] }
        await good.beat({
          instance,
          beat: 0,
          leaseMs: 1e9,
          running: 0,
          state: 'running',
          now: input.now,
        })
        return good.turn(input)
      },
    }),
  ],
  [
    'claims without regard to priority',
    /goes by priority/,
    (good) => ({
      insert: ({ tasks, now }) =>
        good.insert({ tasks: tasks.map((task) => ({ ...task, priority: null })), now }),
    }),
  ],
  [
    'ignores idempotency keys',
    /held key returns its holder/,
    (good) => ({
      insert: ({ tasks, now }) =>
        good.insert({ tasks: tasks.map((task) => ({ ...task, idempotencyKey: null })), now }),
    }),
  ],
  [
    'ignores retryOf',
    /second retry|twenty clicks/,
    (good) => ({
      insert: ({ tasks, now }) =>
        good.insert({ tasks: tasks.map((task) => ({ ...task, retryOf: null })), now }),
    }),
  ],
  [
    'replaces lone surrogates',
    /lone surrogates/,
    (good) => ({
      insert: ({ tasks, now }) =>
        good.insert({
          tasks: tasks.map((task) => ({ ...task, payload: utf8(task.payload) })),
          now,
        }),
    }),
  ],
  [
    'cuts text at NUL',
    /keeps NUL/,
    (good) => ({
      async get(input) {
        const tasks = await good.get(input)
        return tasks.map((task) => task && { ...task, payload: task.payload.split('\0')[0] ?? '' })
      },
    }),
  ],
  [
    'reports a stale settlement as settled',
    /settled once/,
    (good) => ({
      async turn(input) {
        const result = await good.turn(input)
        const settled = result.settled.map(({ taskId }) => ({
          taskId,
          result: 'settled' as const,
          status: 'success' as const,
        }))
        return { ...result, settled }
      },
    }),
  ],
  [
    'buries whoever is named, alive or not',
    /beat since it was judged/,
    (good) => ({
      async recover(input) {
        const instances = (await good.instances?.list()) ?? []
        const dead = input.dead.map(({ instanceId }) => ({ instanceId, beat: 1 }))
        assert(instances)
        await good.recover(input)
        return good.recover({ ...input, dead })
      },
    }),
  ],
  [
    'forgets to count crashes',
    /first crash|maxCrashes/,
    (good) => ({
      recover: (input) => good.recover({ ...input, maxCrashes: 1000 }),
    }),
  ],
  [
    'does not cancel',
    /pending task is cancelled/,
    (good) => ({
      cancel: ({ taskIds }) => good.cancel({ taskIds: taskIds.map(() => 'unknown') }),
    }),
  ],
  [
    'forces a cancel without grace',
    /grace period/,
    (good) => ({ cancel: (input) => good.cancel({ ...input, graceMs: 0 }) }),
  ],
  [
    'goes by its own clock where now is given',
    /phase/,
    (good) => ({ get: ({ taskIds }) => good.get({ taskIds, now: 1 }) }),
  ],
  [
    'keeps rev as it is',
    /rev grows/,
    (good) => ({
      async get(input) {
        const tasks = await good.get(input)
        return tasks.map((task) => task && { ...task, rev: 1 })
      },
    }),
  ],
  [
    'skips a task between pages',
    /pages through every task/,
    (good) => ({
      async list(input) {
        if (input.cursor === undefined) return good.list(input)
        const page = await good.list({ ...input, limit: input.limit + 1 })
        return { ...page, tasks: page.tasks.slice(1) }
      },
    }),
  ],
  [
    'puts empty values first',
    /pages through every task/,
    (good) => ({
      async list(input) {
        const page = await good.list(input)
        if (input.sort !== 'priority' || input.limit < 40) return page
        const tasks = page.tasks.toSorted((a) => (a.priority === null ? -1 : 0))
        return { ...page, tasks }
      },
    }),
  ],
  [
    'takes search for a pattern',
    /literally/,
    (good) => ({
      list: (input) =>
        good.list({ ...input, filter: { ...input.filter, search: pattern(input.filter.search) } }),
    }),
  ],
  [
    'forgets what was pruned',
    /since counts what was deleted/,
    (good) => ({
      metrics: ({ queries, now }) =>
        good.metrics({ queries: queries.map(({ since, ...rest }) => rest), now }),
    }),
  ],
  [
    'prunes more than the limit',
    /at most the limit/,
    (good) => ({ prune: (input) => good.prune({ ...input, limit: 1000 }) }),
  ],
  [
    'prunes in a dry run',
    /dry run/,
    (good) => ({ prune: ({ dryRun, ...input }) => good.prune({ ...input, limit: 1000 }) }),
  ],
  [
    'prunes of other functions too',
    /functions that are named only/,
    (good) => ({ prune: ({ funcNames, ...input }) => good.prune(input) }),
  ],
  [
    'prunes what is excepted',
    /functions that are excepted/,
    (good) => ({ prune: ({ exceptFuncNames, ...input }) => good.prune(input) }),
  ],
  [
    'prunes audit entries along with one function',
    /not with some functions/,
    (good) => ({
      async prune(input) {
        if (input.funcNames) await good.prune({ ...input, limit: 0, funcNames: undefined })
        return good.prune(input)
      },
    }),
  ],
  [
    'loses the trace',
    /its own trace/,
    (good) => ({
      insert: ({ tasks, now }) =>
        good.insert({ tasks: tasks.map(({ trace, ...task }) => task), now }),
    }),
  ],
  [
    'forgets unresponsive handlers',
    /lists who works here/,
    (good) => ({ beat: ({ unresponsive, ...input }) => good.beat(input) }),
  ],
  [
    'forgets what follows from a success',
    /stored with the success/,
    (good) => ({ turn: (input) => good.turn({ ...input, settle: withoutChained(input.settle) }) }),
  ],
  [
    'stores what follows from a stale settlement',
    /stored once when the turn is repeated|whose task was taken/,
    chainedAfter(({ outcome }) => outcome.type === 'success'),
  ],
  [
    'stores what follows from a failure',
    /not stored with 'failed'/,
    chainedAfter((_, { result }) => result === 'settled'),
  ],
  [
    'keeps what follows for the next turn',
    /by the very turn that stores them/,
    chainedAfter(({ outcome }, { result }) => outcome.type === 'success' && result === 'settled'),
  ],
  [
    'does not tell of what it stored',
    /stored with the success/,
    (good) => ({ turn: async (input) => ({ ...(await good.turn(input)), released: false }) }),
  ],
  [
    'loses log lines of a settlement',
    /commits log lines/,
    (good) => ({
      turn: (input) =>
        good.turn({ ...input, settle: input.settle.map((each) => ({ ...each, logs: [] })) }),
    }),
  ],
  [
    'loses the last of many log lines',
    /every line of a long log/,
    (good) => ({
      logs: {
        read: (query) => read(good, query),
        append: ({ instanceId, batches }) =>
          append(good, {
            instanceId,
            batches: batches.map((batch) => ({ ...batch, entries: batch.entries.slice(0, 100) })),
          }),
      },
    }),
  ],
  [
    'appends lines of a stale owner',
    /stale owner/,
    (good) => ({
      logs: {
        read: (query) => read(good, query),
        async append({ batches }) {
          const [task] = await good.get({ taskIds: batches.map(({ taskId }) => taskId) })
          return append(good, {
            instanceId: task?.instance ?? '',
            batches: batches.map((batch) => ({ ...batch, fence: task?.fence ?? 0 })),
          })
        },
      },
    }),
  ],
  [
    'loses changes',
    /without loss|every change/,
    (good) => ({
      changes: {
        head: () => feed(good).head(),
        async since(input) {
          const page = await feed(good).since(input)
          return { ...page, taskIds: page.taskIds.slice(0, 3).slice(0, -1) }
        },
      },
    }),
  ],
  [
    'takes every cursor for its own',
    /is a gap/,
    (good) => ({
      changes: {
        head: () => feed(good).head(),
        since: async (input) => ({ ...(await feed(good).since(input)), gap: false }),
      },
    }),
  ],
  [
    'lets a turn overtake an insert',
    /right behind an insert/,
    (good) => ({
      async insert(input) {
        await new Promise((resolve) => setImmediate(resolve))
        return good.insert(input)
      },
    }),
  ],
  [
    'takes a beat that comes again for a lost lease',
    /comes again, or late/,
    (good) => {
      let last = -1
      return {
        async beat(input) {
          const result = await good.beat(input)
          const isNewer = input.instance.instanceId !== 'a' || input.beat > last
          if (input.instance.instanceId === 'a') last = Math.max(last, input.beat)
          return { ...result, alive: result.alive && isNewer }
        },
      }
    },
  ],
]

describe('describeStorage', () => {
  it('passes a good storage', async () => {
    assert.deepEqual(await failures((good) => good), [])
  })

  for (const [name, found, fault] of faults) {
    it(`catches a storage that ${name}`, () => catches(found, fault))
  }
})

function withoutChained(settle: readonly Settlement[]): Settlement[] {
  return settle.map(({ chained, ...settlement }) => settlement)
}

/** Stores what follows in a call of its own, from the settlements for which `follows` holds. */
function chainedAfter(follows: (settlement: Settlement, result: SettleResult) => boolean): Fault {
  return (good) => ({
    async turn(input) {
      const result = await good.turn({ ...input, settle: withoutChained(input.settle) })
      const tasks = input.settle.flatMap((settlement, n) => {
        const settled = result.settled[n]
        return settled && follows(settlement, settled) ? (settlement.chained ?? []) : []
      })
      await good.insert({ tasks, now: input.now })
      return { ...result, released: result.released || tasks.length > 0 }
    },
  })
}

function utf8(text: string): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(text))
}

function pattern(search: string | undefined): string | undefined {
  return search === '%' || search === '_' ? '' : search
}

function append(
  good: TaskStorage,
  input: Parameters<NonNullable<TaskStorage['logs']>['append']>[0],
) {
  assert(good.logs)
  return good.logs.append(input)
}

function read(good: TaskStorage, query: Parameters<NonNullable<TaskStorage['logs']>['read']>[0]) {
  assert(good.logs)
  return good.logs.read(query)
}

function feed(good: TaskStorage): NonNullable<TaskStorage['changes']> {
  assert(good.changes)
  return good.changes
}
