import { type NewTask, StorageUnavailableError, type TaskStorage } from '@taskflow/core'
import { PAUSABLE } from './workload.ts'

/** A storage or a rule with one thing broken, to show that the simulation would notice. */
export interface Variant {
  name: string
  /** What is to be found. */
  finds: RegExp
  broken(good: TaskStorage): Partial<TaskStorage>
  /** Breaks the app instead: requests let their tasks go before they end. [false] */
  endsRequestsEarly?: boolean
}

/** What a good storage does, but for the parts given. */
export function withBroken(good: TaskStorage, { broken }: Variant): TaskStorage {
  const { name, logs, changes, instances, functions, schedules } = good
  const storage: TaskStorage = {
    name,
    open: () => good.open(),
    close: () => good.close(),
    insert: (input) => good.insert(input),
    turn: (input) => good.turn(input),
    beat: (input) => good.beat(input),
    owned: (input) => good.owned(input),
    recover: (input) => good.recover(input),
    reschedule: (input) => good.reschedule(input),
    cancel: (input) => good.cancel(input),
    get: (input) => good.get(input),
    list: (input) => good.list(input),
    metrics: (input) => good.metrics(input),
    prune: (input) => good.prune(input),
    ...(logs && { logs }),
    ...(changes && { changes }),
    ...(instances && { instances }),
    ...(functions && { functions }),
    ...(schedules && { schedules }),
  }
  return { ...storage, ...broken(good) }
}

/** Functions of all versions. */
const ALL_FUNCTIONS = [...PAUSABLE, 'stubborn', 'hasty', 'far', 'ticker']

const without = <Key extends keyof NewTask>(tasks: NewTask[], key: Key, value: NewTask[Key]) =>
  tasks.map((task) => ({ ...task, [key]: value }))

export const VARIANTS: readonly Variant[] = [
  {
    name: 'settles whatever the fence and the owner',
    finds: /counted with fence/,
    broken: (good) => ({
      async turn(input) {
        const tasks = await good.get({ taskIds: input.settle.map(({ taskId }) => taskId) })
        const settle = input.settle.map((each, n) => ({ ...each, fence: tasks[n]?.fence ?? 0 }))
        const owner = tasks.find((task) => task?.status === 'running')?.instance
        const { settled } = await good.turn({
          instanceId: owner ?? input.instanceId,
          settle,
          claim: null,
        })
        return { ...(await good.turn({ ...input, settle: [] })), settled }
      },
    }),
  },
  {
    name: 'buries whoever lets a lease run out, after one look',
    finds: /was buried \d+ ms after a beat/,
    broken: (good) => ({
      async beat(input) {
        const result = await good.beat(input)
        const others = result.others.map((other) => ({ ...other, gone: other.leaseOver }))
        return { ...result, others }
      },
    }),
  },
  {
    name: 'accepts before the commit',
    finds: /was accepted and does not exist/,
    broken: (good) => {
      let n = 0
      return {
        async insert(input) {
          // Every fifth commit is lost in a crash after the answer.
          if (++n % 5 !== 0) return good.insert(input)
          return input.tasks.map(({ taskId }) => ({ taskId, duplicate: false }))
        },
      }
    },
  },
  {
    name: 'says that nothing was committed when it was',
    finds: /said that it was not committed/,
    broken: (good) => {
      let n = 0
      return {
        async insert(input) {
          const results = await good.insert(input)
          if (++n % 5 === 0) throw new StorageUnavailableError('the storage is away')
          return results
        },
      }
    },
  },
  {
    name: 'forgets idempotency keys',
    finds: /was stored beside/,
    broken: (good) => ({
      insert: (input) =>
        good.insert({ ...input, tasks: without(input.tasks, 'idempotencyKey', null) }),
    }),
  },
  {
    name: 'lets children go before their parents',
    finds: /was claimed before/,
    broken: (good) => {
      const parents = new Map<string, string[]>()
      return {
        async insert(input) {
          for (const { taskId, dependsOn = [] } of input.tasks) parents.set(taskId, dependsOn)
          return good.insert({ ...input, tasks: without(input.tasks, 'dependsOn', []) })
        },
        async turn(input) {
          const result = await good.turn(input)
          const claimed = result.claimed.map((task) => ({
            ...task,
            dependsOn: parents.get(task.taskId) ?? [],
          }))
          return { ...result, claimed }
        },
      }
    },
  },
  {
    name: 'keeps no limit',
    finds: /limited run at once/,
    broken: (good) => ({
      turn: (input) =>
        good.turn({ ...input, claim: input.claim && { ...input.claim, limits: undefined } }),
    }),
  },
  {
    name: 'hands a task out twice',
    finds: /claimed twice/,
    broken: (good) => {
      let last: Awaited<ReturnType<TaskStorage['turn']>>['claimed'] = []
      return {
        async turn(input) {
          const result = await good.turn(input)
          if (!input.claim || result.claimed.length > 0) {
            last = result.claimed
            return result
          }
          return { ...result, claimed: last.splice(0).slice(0, input.claim.limit) }
        },
      }
    },
  },
  {
    name: 'fires a tick for each instance that asks',
    finds: /written down twice/,
    broken: (good) => ({
      ...(good.schedules && {
        schedules: {
          ...partsOf(good.schedules),
          async fire(input) {
            const results = (await good.schedules?.fire(input)) ?? []
            return results.map((each, n) => {
              const taskId = input.ticks[n]?.task?.taskId ?? null
              return each.result === 'taken' ? { ...each, result: 'ran', taskId } : each
            })
          },
        },
      }),
    }),
  },
  {
    name: 'loses what a finished attempt wrote',
    finds: /lacks lines of its log/,
    broken: (good) => ({
      turn: (input) =>
        good.turn({ ...input, settle: input.settle.map((each) => ({ ...each, logs: [] })) }),
    }),
  },
  {
    name: 'leaves the tasks of the dead where they are',
    finds: /is running at the end|did not come to rest/,
    broken: () => ({ recover: async () => [] }),
  },
  {
    name: 'drops what it cannot settle at once',
    finds: /started \d+ times/,
    broken: (good) => {
      let n = 0
      return {
        async turn(input) {
          if (input.settle.length === 0 || ++n % 10 !== 0) return good.turn(input)
          const { settled, ...rest } = await good.turn({ ...input, settle: [] })
          void settled
          const dropped = input.settle.map(({ taskId }) => ({ taskId, result: 'stale' as const }))
          return { ...rest, settled: dropped }
        },
      }
    },
  },
  {
    name: 'gives tasks to whoever asks, known there or not',
    finds: /went where nobody knows it/,
    broken: (good) => ({
      turn: (input) =>
        good.turn({ ...input, claim: input.claim && { ...input.claim, funcNames: ALL_FUNCTIONS } }),
    }),
  },
  {
    name: 'forgets what is paused',
    finds: /was claimed while it was paused/,
    broken: (good) => ({
      ...(good.functions && {
        functions: {
          paused: async () => [],
          setPaused: async (input) =>
            input.funcNames.map((funcName) => ({ funcName, changed: true })),
        },
      }),
    }),
  },
  {
    name: 'starts at once what is to wait for a time, or for the end of a request',
    finds: /before it was due/,
    broken: (good) => ({
      insert: (input) => good.insert({ ...input, tasks: without(input.tasks, 'delayMs', 0) }),
    }),
  },
  {
    name: 'is told of the end of a request before it comes',
    finds: /before its response had ended/,
    broken: () => ({}),
    endsRequestsEarly: true,
  },
  {
    name: 'lets a definition fire that is not stored any more',
    finds: /by a definition that is not stored/,
    broken: (good) => ({
      ...(good.schedules && {
        schedules: {
          ...partsOf(good.schedules),
          async fire(input) {
            const stored = (await good.schedules?.list()) ?? []
            const ticks = input.ticks.map((tick) => {
              const own = stored.find(({ scheduleId }) => scheduleId === tick.scheduleId)
              return own ? { ...tick, revision: own.revision, dueAt: own.nextRunAt ?? 0 } : tick
            })
            return (await good.schedules?.fire({ ...input, ticks })) ?? []
          },
        },
      }),
    }),
  },
  {
    name: 'keeps the schedules of a version that is gone',
    finds: /as nobody, or an older version, declares it/,
    broken: ({ schedules }) =>
      schedules
        ? {
            schedules: {
              ...partsOf(schedules),
              async declare(input) {
                const known = await schedules.list()
                const added = input.schedules.filter(
                  (own) => !known.some(({ scheduleId }) => scheduleId === own.scheduleId),
                )
                return schedules.declare({ ...input, schedules: added })
              },
              fire: (input) => schedules.fire(input),
            },
          }
        : {},
  },
  {
    name: 'neither notes nor counts ends that come too late',
    finds: /ends came too late/,
    broken: (good) => ({
      async turn(input) {
        const tasks = await good.get({ taskIds: input.settle.map(({ taskId }) => taskId) })
        const isOwn = input.settle.map(({ fence }, n) => {
          const { status, instance, fence: now } = tasks[n] ?? {}
          return status === 'running' && instance === input.instanceId && fence === now
        })
        const settle = input.settle.filter((_, n) => isOwn[n])
        const result = await good.turn({ ...input, settle })
        const own = result.settled.values()
        const settled = input.settle.map(({ taskId }, n) =>
          isOwn[n] ? (own.next().value ?? stale(taskId)) : stale(taskId),
        )
        return { ...result, settled }
      },
    }),
  },
]

const stale = (taskId: string) => ({ taskId, result: 'stale' as const })

function partsOf(schedules: NonNullable<TaskStorage['schedules']>) {
  return {
    declare: schedules.declare.bind(schedules),
    list: schedules.list.bind(schedules),
    change: schedules.change.bind(schedules),
    ticks: schedules.ticks.bind(schedules),
  }
}
