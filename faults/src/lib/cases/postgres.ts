import { setTimeout as wait } from 'node:timers/promises'
import { createProxy } from '../../../../tools/tcp-proxy.ts'
import type { FaultCase } from '../harness/fault-case.ts'
import type { Lab } from '../harness/lab.ts'
import { openStorage } from '../harness/storage-choice.ts'

/** Ends all of the app's sessions on the storage's server. */
function terminateAll(sql: ReturnType<Lab['sql']>) {
  return sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name = 'taskflow'`
}

const LOAD = { atOnce: 2, pauseMs: 50, workMs: 20 }

export const POSTGRES_CASES: readonly FaultCase[] = [
  {
    id: 'B04',
    fault: 'all sessions are terminated every 500 ms',
    needs: ['postgres'],
    short: true,
    async run(lab) {
      const storage = lab.postgres()
      const sql = lab.sql()
      await lab.victim({ storage, load: LOAD })
      await lab.victim({ storage, load: LOAD })
      const rounds = Math.max(6, Math.round(lab.minutes * 60))
      for (let round = 0; round < rounds; round++) {
        await wait(500)
        await terminateAll(sql)
      }
      const verdict = await lab.settle(storage)
      lab.check(verdict.duplicated === 0, `duplicated: ${verdict.duplicated}`)
      lab.figures.push(`${rounds} rounds, ${lab.lines('unknown').length} unknown enqueues`)
    },
  },
  {
    id: 'B05',
    fault: 'no connection is left for the app',
    needs: ['postgres'],
    short: true,
    async run(lab) {
      const admin = lab.sql()
      const role = `faults_role_${process.pid}`
      await admin.unsafe(`create role ${role} login superuser password 'faults'`)
      lab.after(async () => {
        const sql = lab.sql()
        await sql.unsafe(`drop owned by ${role} cascade; drop role ${role}`)
      })
      const url = new URL(lab.serverUrl)
      url.username = role
      url.password = 'faults'
      const storage = { ...lab.postgres(), url: url.href }
      const victim = await lab.victim({ storage, load: LOAD })
      // Superusers heed no limit.
      await admin.unsafe(`alter role ${role} nosuperuser connection limit 1`)
      await admin`select pg_terminate_backend(pid) from pg_stat_activity where usename = ${role}`
      await wait(6_000)
      await admin.unsafe(`alter role ${role} connection limit -1`)
      const verdict = await lab.settle(storage)
      const { errors = [] } = await victim.tell({ order: 'rest' })
      lab.check(victim.alive, 'the app has ended')
      lab.check(errors.length > 0, 'nobody was told')
      lab.check(verdict.duplicated === 0, `duplicated: ${verdict.duplicated}`)
      const untyped = errors.filter((error) => !/Unavailable|taskflow:/.test(error))
      lab.check(untyped.length === 0, `errors without a type: ${untyped[0]}`)
    },
  },
  {
    id: 'B08',
    fault: 'the tables of tasks are locked for longer than a lease',
    needs: ['postgres'],
    async run(lab) {
      const storage = lab.postgres()
      const sql = lab.sql()
      const victims = [
        await lab.victim({ storage, load: LOAD }),
        await lab.victim({ storage, load: LOAD }),
      ]
      await wait(1_000)
      const before = new Set(victims.map(({ instanceId }) => instanceId))
      let released = 0
      await sql.begin(async (tx) => {
        await tx.unsafe(`lock table ${storage.schema}.live in access exclusive mode`)
        await wait(20_000)
        released = Date.now()
      })
      await lab.until(() => lab.lines('start').some(({ at }) => at > released))
      const resumed = lab.lines('start').find(({ at }) => at > released)
      const verdict = await lab.settle(storage)
      const manager = await lab.watcher(storage)
      const now = (await manager.instances()).map(({ instanceId }) => instanceId)
      const held = now.filter((instanceId) => before.has(instanceId)).length
      lab.check(held === 2, `${2 - held} of 2 instances lost their lease`)
      lab.check(verdict.duplicated === 0, `duplicated: ${verdict.duplicated}`)
      lab.figures.push(`tasks start again after ${(resumed?.at ?? 0) - released} ms`)
    },
  },
  {
    id: 'B10',
    fault: 'the network falls silent, without a reset',
    needs: ['postgres'],
    async run(lab) {
      const proxy = await createProxy(lab.serverUrl)
      lab.after(() => proxy.close())
      const storage = lab.postgres()
      await lab.victim({ storage: { ...storage, url: proxy.url }, load: LOAD })
      const other = await lab.victim({ storage, load: LOAD })
      await wait(1_000)
      proxy.silence()
      await wait(8_000)
      proxy.heal()
      await lab.until(() => lab.lines('ack').some(({ pid }) => pid !== other.pid), 30_000)
      const verdict = await lab.settle(storage)
      lab.check(verdict.duplicated === 0, `duplicated: ${verdict.duplicated}`)
    },
  },
  {
    id: 'B20',
    fault: 'a storm of notifications: 5 000 enqueues at once, from two processes',
    needs: ['postgres'],
    async run(lab) {
      const storage = lab.postgres()
      const victims = [await lab.victim({ storage }), await lab.victim({ storage })]
      let heard = 0
      const ear = openStorage(storage)
      await ear.open()
      const deaf = await ear.listen?.({ hint: () => heard++, up: () => {} })
      lab.after(() => ear.close())
      const began = performance.now()
      await Promise.all(
        victims.map((victim) => victim.tell({ order: 'enqueue', works: lab.works(2_500) })),
      )
      const seconds = (performance.now() - began) / 1_000
      await lab.settle(storage, 240_000)
      await deaf?.()
      lab.check(heard < 5_000, `${heard} notifications were heard`)
      lab.figures.push(
        `${Math.round(5_000 / seconds)} enqueues a second, ${heard} hints heard of 5000 tasks enqueued and run`,
      )
    },
  },
  {
    id: 'E01',
    fault: '1 000 enqueues with one key in three processes, sessions terminated meanwhile',
    needs: ['postgres'],
    short: true,
    async run(lab) {
      const storage = lab.postgres()
      const sql = lab.sql()
      const victims = [
        await lab.victim({ storage }),
        await lab.victim({ storage }),
        await lab.victim({ storage }),
      ]
      const answers = []
      const atOnce = Math.min(33, Math.max(10, Math.round(lab.minutes * 66)))
      for (let wave = 0; wave < 10; wave++) {
        const calls = victims.map((victim) =>
          victim.tell({
            order: 'enqueue',
            works: lab.works(atOnce),
            options: { idempotencyKey: 'the-key' },
          }),
        )
        if (wave % 3 === 0) await terminateAll(sql)
        answers.push(...(await Promise.all(calls)))
      }
      // At least one gets through once the storm is over.
      const last = await victims[0]?.tell({
        order: 'enqueue',
        works: lab.works(1),
        options: { idempotencyKey: 'the-key' },
      })
      const all = [...answers, last].flatMap((answer) => answer?.ids ?? [])
      const ids = new Set(all.filter((taskId) => taskId !== null))
      await lab.until(() => lab.lines('end').length > 0)
      const manager = await lab.watcher(storage)
      const { tasks } = await manager.list({ filter: { funcName: ['work'] } })
      lab.check(tasks.length === 1, `${tasks.length} tasks hold the key`)
      lab.check(ids.size === 1, `callers were told of ${ids.size} tasks`)
      lab.check(lab.lines('start').length === 1, `${lab.lines('start').length} starts`)
      const rejected = all.filter((taskId) => taskId === null).length
      lab.figures.push(`${all.length} calls, ${rejected} rejected`)
    },
  },
  {
    id: 'E05',
    fault: 'one task waits for 1 000 parents, processes are killed meanwhile',
    needs: ['postgres'],
    async run(lab) {
      const storage = lab.postgres()
      const [first, second] = [await lab.victim({ storage }), await lab.victim({ storage })]
      const parents = lab.works(1_000, 5)
      const { ids = [] } = await first.tell({ order: 'enqueue', works: parents, together: true })
      const [child] = lab.works(1)
      if (!child) return
      const dependsOn = ids.filter((taskId) => taskId !== null)
      await first.tell({ order: 'enqueue', works: [child], options: { dependsOn } })
      await lab.until(() => lab.lines('end').length > 150)
      await second.end()
      await lab.victim({ storage })
      await lab.until(() => lab.lines('end').length > 400)
      await first.end()
      await lab.settle(storage)
      const starts = lab.lines('start').filter(({ n }) => n === child.n)
      const lastEnd = Math.max(
        ...parents.map(({ n }) => lab.lines('end').find((line) => line.n === n)?.at ?? 0),
      )
      lab.check(starts.length === 1, `the child started ${starts.length} times`)
      lab.check(
        (starts[0]?.at ?? 0) >= lastEnd,
        'the child started before its last parent had ended',
      )
    },
  },
]
