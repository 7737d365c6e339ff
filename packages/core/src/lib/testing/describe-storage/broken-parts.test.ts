import { describe, it } from 'vitest'
import type { ClaimInput, NewTask, TaskStorage } from '../../storage/contract.ts'
import { partOf } from './bench.ts'
import { catches, type Fault } from './faulty.ts'

// As for the verbs in `broken-storages.test.ts`: each fault must fail the cases that are named.
const faults: [name: string, found: RegExp, fault: Fault][] = [
  [
    'starts tasks before their parents ended',
    /never claimed, whatever its priority/,
    inserting((task) => ({ ...task, dependsOn: undefined })),
  ],
  [
    'fails nobody for a parent',
    /'fail' after the parent was failed/,
    inserting((task) => ({ ...task, onParentFailure: 'hold' })),
  ],
  [
    'does not wait for the slower of two parents',
    /waits until all parents ended|waits for all its parents/,
    inserting((task) => ({ ...task, dependsOn: task.dependsOn?.slice(0, 1) })),
  ],
  [
    'leaves a retry out of the place of its original',
    /takes the place of the parent/,
    (good) => ({
      async get(input) {
        const tasks = await good.get(input)
        return Promise.all(
          tasks.map(async (task) => {
            const [parent] = await good.get({ taskIds: task?.dependsOn ?? [], now: input.now })
            return task && parent?.retryOf ? { ...task, dependsOn: [parent.retryOf] } : task
          }),
        )
      },
    }),
  ],
  [
    'stores what it can of a refused flow',
    /refused as a whole/,
    inserting((task) => ({ ...task, flowId: undefined })),
  ],
  [
    'takes an unknown parent for one that is done',
    /unknown parent is not stored/,
    (good) => ({
      async insert({ tasks, now }) {
        const results = await good.insert({ tasks, now })
        const refused = tasks.filter((_, n) => results[n]?.unknownParent !== undefined)
        await good.insert({ tasks: refused.map((task) => ({ ...task, dependsOn: [] })), now })
        return results
      },
    }),
  ],
  [
    'deletes the parents of live tasks',
    /a parent stays while/,
    (good) => ({
      async prune(input) {
        const result = await good.prune(input)
        const { tasks } = await good.list({ filter: { status: ['success', 'failed'] }, limit: 9 })
        return { deleted: result.deleted + (input.dryRun ? 0 : tasks.length) }
      },
    }),
  ],
  [
    'looks at limits before the others claimed',
    /many turns at once never (run|start) more/,
    (good) => {
      const running = new Map<string, number>()
      return {
        async turn(input) {
          const names = input.claim?.funcNames ?? []
          const queries = names.map((funcName) => ({ funcName }))
          const counts = await good.metrics({ queries, now: input.now })
          for (const [n, name] of names.entries()) running.set(name, counts[n]?.running ?? 0)
          return good.turn({ ...input, claim: withoutLimits(input.claim, running) })
        },
      }
    },
  ],
  [
    'ignores the rate of a function',
    /starts as many as the bucket holds/,
    claiming((claim) => ({
      ...claim,
      limits: claim.limits?.map(({ rateLimit: _, ...limit }) => limit),
    })),
  ],
  [
    'refills a rate all at once',
    /then one at a time as it refills/,
    claiming((claim) => ({
      ...claim,
      limits: claim.limits?.map(({ rateLimit, ...limit }) => ({
        ...limit,
        rateLimit: rateLimit && { ...rateLimit, perMs: rateLimit.perMs / 2 },
      })),
    })),
  ],
  [
    'starts all suspects together',
    /of those that crashed one is claimed/,
    (good) => ({
      async turn(input) {
        const result = await good.turn(input)
        while (input.claim !== null && input.claim.suspects !== false) {
          const { claimed } = await good.turn({ ...input, settle: [] })
          if (claimed.length === 0) break
          result.claimed.push(...claimed)
        }
        return result
      },
    }),
  ],
  [
    'says that what is held back is due',
    /what concurrency holds back does not count/,
    (good) => ({
      async turn(input) {
        const result = await good.turn(input)
        const claim = input.claim && { ...input.claim, limits: [], limit: 0 }
        const { nextRunAt } = await good.turn({ ...input, settle: [], claim })
        return { ...result, nextRunAt }
      },
    }),
  ],
  [
    'pauses for itself only',
    /holds for all connections|a paused function is not claimed/,
    (good) => ({
      functions: {
        paused: () => partOf(good, 'functions').paused(),
        setPaused: async ({ funcNames, paused }) =>
          funcNames.map((funcName) => ({ funcName, changed: paused })),
      },
    }),
  ],
  [
    'forgets who came too late',
    /is counted and noted/,
    (good) => ({
      async get(input) {
        const tasks = await good.get(input)
        return tasks.map(
          (task) =>
            task && {
              ...task,
              attempts: task.attempts.map((attempt) => ({ ...attempt, lateOutcome: null })),
            },
        )
      },
    }),
  ],
  [
    'counts every stale settlement as late',
    /repeat of one's own settlement is none/,
    (good) => {
      let stale = 0
      return {
        async turn(input) {
          const result = await good.turn(input)
          stale += result.settled.filter((settled) => settled.result === 'stale').length
          return result
        },
        async metrics(input) {
          const metrics = await good.metrics(input)
          return metrics.map((each) => ({ ...each, lateSettlements: stale }))
        },
      }
    },
  ],
  [
    'does not notice that it went back in time',
    /went back in time/,
    (good) => ({ beat: ({ acked: _, ...input }) => good.beat(input) }),
  ],
  [
    'leaves empty steps out of a series',
    /has every step/,
    (good) => ({
      series: {
        countWaits: (input) => partOf(good, 'series').countWaits(input),
        async read(query) {
          const buckets = await partOf(good, 'series').read(query)
          return buckets.filter(({ success, failed }) => success + failed > 0)
        },
      },
    }),
  ],
  [
    'counts each length of waiting once',
    /adds up how long tasks waited/,
    (good) => ({
      series: {
        read: (query) => partOf(good, 'series').read(query),
        countWaits: ({ waits }) =>
          partOf(good, 'series').countWaits({ waits: waits.map((wait) => ({ ...wait, n: 1 })) }),
      },
    }),
  ],
  [
    'fires a tick for everyone who asks',
    /one gets it|taken once/,
    scheduling((good) => ({
      async fire({ ticks, now }) {
        const results = await good.fire({ ticks, now })
        const again = ticks.map((tick) => ({ ...tick, outcome: 'manual' as const }))
        return results.every(({ result }) => result === 'taken')
          ? good.fire({ ticks: again, now })
          : results
      },
    })),
  ],
  [
    'fires a tick again that it has written down',
    /a tick that ran is not fired again/,
    scheduling((good) => ({
      async fire({ ticks, now }) {
        const before = await good.list()
        const results = await good.fire({ ticks, now })
        const again = ticks.filter(
          ({ scheduleId, revision, dueAt }, i) =>
            results[i]?.result === 'taken' &&
            before.some(
              (each) =>
                each.scheduleId === scheduleId &&
                each.revision === revision &&
                each.nextRunAt === dueAt &&
                !each.paused,
            ),
        )
        await good.fire({ ticks: again.map((tick) => ({ ...tick, outcome: 'manual' })), now })
        return results
      },
    })),
  ],
  [
    'goes back to a tick that was fired when somebody runs it by hand',
    /leaves the next tick where it is/,
    scheduling((good) => ({
      async fire({ ticks, now }) {
        const results = await good.fire({ ticks, now })
        const changes = ticks
          .filter(({ outcome }) => outcome === 'manual')
          .map(({ scheduleId, nextRunAt }) => ({ scheduleId, nextRunAt }))
        await good.change({ changes, now })
        return results
      },
    })),
  ],
  [
    'ignores overlap',
    /stores nothing while/,
    scheduling((good) => ({
      declare: ({ schedules, now }) =>
        good.declare({ schedules: schedules.map((each) => ({ ...each, overlap: 'allow' })), now }),
    })),
  ],
  [
    'resumes what a deploy declares anew',
    /stays paused when its definition changes/,
    scheduling((good) => ({
      async declare(input) {
        const results = await good.declare(input)
        const changes = results
          .filter(({ result }) => result === 'changed')
          .map(({ scheduleId }) => ({ scheduleId, paused: false }))
        await good.change({ changes, now: input.now })
        return results
      },
    })),
  ],
  [
    'does not tell which schedules were removed',
    /lists removed ones where they are asked for/,
    scheduling((good) => ({
      list: async (input = {}) => (input.removed ? [] : good.list(input)),
    })),
  ],
  [
    'keeps one version for all schedules',
    /is another whenever/,
    (good) => ({ beat: async (input) => ({ ...(await good.beat(input)), schedulesVersion: '1' }) }),
  ],
  [
    'lets an audit entry be changed',
    /left as it is/,
    (good) => ({
      audit: {
        append: ({ entries, now }) =>
          partOf(good, 'audit').append({
            entries: entries.map((entry, n) => ({ ...entry, entryId: `${entry.entryId}${n}` })),
            now,
          }),
        list: (query) => partOf(good, 'audit').list(query),
      },
    }),
  ],
  [
    'looks at login tries before it counts them',
    /many tries at once/,
    (good) => {
      const sessions = partOf(good, 'sessions')
      const counts = new Map<string, number>()
      return {
        sessions: {
          async countLogin({ tries, windowMs, now = 0 }) {
            const isFull = tries.some(({ key, max }) => (counts.get(key) ?? 0) >= max)
            await Promise.resolve()
            if (isFull) return { counted: false, retryAt: now + windowMs }
            for (const { key } of tries) counts.set(key, (counts.get(key) ?? 0) + 1)
            return { counted: true, at: now }
          },
          forgetLogins: (input) => sessions.forgetLogins(input),
          end: (input) => sessions.end(input),
          ended: (input) => sessions.ended(input),
        },
      }
    },
  ],
  [
    'counts a login under some of its keys',
    /under all keys or none/,
    (good) => {
      const sessions = partOf(good, 'sessions')
      return {
        sessions: {
          async countLogin(input) {
            const results = []
            for (const each of input.tries) {
              results.push(await sessions.countLogin({ ...input, tries: [each] }))
            }
            return results.find(({ counted }) => !counted) ?? { counted: true, at: input.now ?? 0 }
          },
          forgetLogins: (input) => sessions.forgetLogins(input),
          end: (input) => sessions.end(input),
          ended: (input) => sessions.ended(input),
        },
      }
    },
  ],
]

describe('describeStorage', () => {
  for (const [name, found, fault] of faults) {
    it(`catches a storage that ${name}`, () => catches(found, fault))
  }
})

function inserting(change: (task: NewTask) => NewTask): Fault {
  return (good) => ({
    insert: ({ tasks, now }) => good.insert({ tasks: tasks.map(change), now }),
  })
}

function claiming(change: (claim: ClaimInput) => ClaimInput): Fault {
  return (good) => ({
    turn: (input) => good.turn({ ...input, claim: input.claim && change(input.claim) }),
  })
}

function scheduling(
  change: (good: Schedules) => Partial<Schedules>,
): (good: TaskStorage) => Partial<TaskStorage> {
  return (good) => {
    const schedules = partOf(good, 'schedules')
    return { schedules: { ...schedules, ...change(schedules) } }
  }
}

type Schedules = NonNullable<TaskStorage['schedules']>

/** Drops the limits of functions that had room a moment ago. */
function withoutLimits(
  claim: ClaimInput | null,
  running: ReadonlyMap<string, number>,
): ClaimInput | null {
  return (
    claim && {
      ...claim,
      limits: claim.limits?.filter(
        ({ funcName, concurrency = 0 }) => (running.get(funcName) ?? 0) >= concurrency,
      ),
    }
  )
}
