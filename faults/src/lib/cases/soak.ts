import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { createProxy } from '../../../../tools/tcp-proxy.ts'
import { readClaimTimes } from '../harness/claim-times.ts'
import type { FaultCase } from '../harness/fault-case.ts'
import type { Lab } from '../harness/lab.ts'
import { growth, type Resources, resourcesOf } from '../harness/resources.ts'
import { spreadText } from '../harness/spread.ts'
import type { StorageChoice } from '../harness/storage-choice.ts'

const LOAD = { atOnce: 2, workMs: 20 }
/** A soak of that length has one fault each half minute; a shorter one has no such pauses. */
const LONG_MINUTES = 5
const EVERY_MS = 30_000
const SAMPLE_MS = 5_000
/** Room for connections that come and go with faults, and for what is compiled and kept at first. */
const HANDLES = 10
const HEAP_MEGABYTES = 10

type Faults = Record<string, () => Promise<unknown>>

/** One process that nothing is done to, two that things are done to, and a storage they share. */
class Soak {
  readonly #lab: Lab
  readonly #storage: StorageChoice
  others: Awaited<ReturnType<Lab['victim']>>[] = []

  constructor(lab: Lab, storage: StorageChoice) {
    this.#lab = lab
    this.#storage = storage
  }

  start(storage = this.#storage) {
    return this.#lab.victim({
      storage,
      load: { ...LOAD, pauseMs: this.#lab.pauseMs },
      timesClaims: true,
    })
  }

  /** What can be done to processes, whatever they store in. */
  get faults(): Faults {
    const { random } = this.#lab
    const replace = async (gone: (typeof this.others)[number]) => {
      this.others = [...this.others.filter((other) => other !== gone), await this.start()]
    }
    return {
      kill: async () => {
        const victim = random.pick(this.others)
        await victim.end()
        await replace(victim)
      },
      stop: async () => {
        const victim = random.pick(this.others)
        await victim.tell({ order: 'stop', graceMs: random.below(500) })
        await replace(victim)
      },
      pause: async () => {
        const { child } = random.pick(this.others)
        child.kill('SIGSTOP')
        await wait(random.below(25_000))
        child.kill('SIGCONT')
      },
      block: async () => {
        const works = this.#lab.works(1, random.below(20_000), 'spins')
        await random.pick(this.others).tell({ order: 'enqueue', works })
      },
    }
  }

  /** One fault after the other, until the case's time is over; then all is healed and judged. */
  async run(more: Faults): Promise<void> {
    const lab = this.#lab
    const steady = await this.start()
    const samples: Resources[] = []
    const sampling = setInterval(() => samples.push(resourcesOf(steady.pid)), SAMPLE_MS)
    lab.after(() => clearInterval(sampling))
    const faults = { ...this.faults, ...more }
    const counts = new Map<string, number>()
    const end = performance.now() + lab.minutes * 60_000
    await wait(1_000)
    const heap = async () => (await steady.tell({ order: 'heap' })).heapMegabytes ?? 0
    const heapBefore = await heap()
    const before = resourcesOf(steady.pid)
    while (performance.now() < end) {
      const began = performance.now()
      const name = lab.random.pick(Object.keys(faults))
      counts.set(name, (counts.get(name) ?? 0) + 1)
      await faults[name]?.()
      const restMs = EVERY_MS - (performance.now() - began)
      await wait(
        lab.minutes >= LONG_MINUTES ? Math.max(0, restMs) : 1_000 + lab.random.below(4_000),
      )
    }
    const verdict = await lab.settle(this.#storage)
    clearInterval(sampling)
    const after = resourcesOf(steady.pid)
    const heapAfter = await heap()
    lab.check(
      heapAfter < heapBefore + HEAP_MEGABYTES,
      `the heap grew from ${heapBefore.toFixed(0)} to ${heapAfter.toFixed(0)} MB`,
    )
    lab.check(steady.alive, 'the process that nothing was done to has ended')
    lab.check(
      after.handles <= before.handles + HANDLES && after.threads <= before.threads + HANDLES,
      `${before.handles} handles and ${before.threads} threads became ${after.handles} and ${after.threads}`,
    )
    const done = [...counts].map(([name, count]) => `${count} ${name}`).join(', ')
    const slope = growth(samples)
    lab.figures.push(
      `${done}; ${verdict.recovered} unknown enqueues had been stored`,
      `claims took ${spreadText(readClaimTimes(lab.folder))}`,
      `heap in use ${heapBefore.toFixed(1)} MB, then ${heapAfter.toFixed(1)} MB; memory ${before.megabytes.toFixed(0)} MB, then ${after.megabytes.toFixed(0)} MB, ${slope.toFixed(2)} MB a minute over the second half; handles ${before.handles}, then ${after.handles}`,
    )
  }
}

export const SOAK_CASES: readonly FaultCase[] = [
  {
    id: 'H01',
    fault: 'soak on Postgres: one fault after the other, chosen by the seed',
    needs: ['postgres'],
    async run(lab) {
      const { random } = lab
      const storage = lab.postgres()
      const sql = lab.sql()
      const proxy = await createProxy(lab.serverUrl)
      lab.after(() => proxy.close())
      const soak = new Soak(lab, storage)
      soak.others = [await soak.start(), await soak.start({ ...storage, url: proxy.url })]
      await soak.run({
        silence: async () => {
          proxy.silence()
          await wait(random.below(20_000))
          proxy.heal()
        },
        outage: async () => {
          await proxy.down()
          await wait(random.below(20_000))
          await proxy.up()
        },
        terminate: () =>
          sql`select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and application_name = 'taskflow'`,
      })
    },
  },
  {
    id: 'H01s',
    fault: 'soak on SQLite: one fault after the other, chosen by the seed',
    needs: [],
    async run(lab) {
      const file = `${lab.folder}/tasks.db`
      const soak = new Soak(lab, { kind: 'sqlite', file })
      soak.others = [await soak.start(), await soak.start()]
      await soak.run({
        lock: async () => {
          const database = new DatabaseSync(file, { timeout: 10_000 })
          database.exec('begin immediate')
          await wait(lab.random.below(20_000))
          database.exec('rollback')
          database.close()
        },
      })
    },
  },
]
