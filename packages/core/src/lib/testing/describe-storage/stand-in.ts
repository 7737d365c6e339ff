import assert from 'node:assert/strict'
import type { BeatInput, InstanceBeat } from '../../storage/contract.ts'
import type { StandIn } from '../../storage/parts.ts'
import type { Bench } from './bench.ts'
import type { Suite } from './harness.ts'

// These go by the real clock: what stands in does so while this thread cannot pass any other.
const EVERY_MS = 40
const TRIES = 200

/** Beats from a thread of its own. */
export function standInCases({ describe, test, has }: Suite): void {
  describe('standIn', () => {
    test('beats while this process is blocked', async (bench) => {
      await withStandIn(bench, 60_000, async ({ input }) => {
        await bench.storage.beat(input)
        const seen = await standsIn(bench)
        assert.equal(seen.leaseOver, false)
      })
    })

    if (has('instances')) {
      test('tells what the process told last', async (bench) => {
        await withStandIn(bench, 60_000, async ({ standIn, input }) => {
          await bench.storage.beat(input)
          standIn.beating({ ...input, running: 3, unresponsive: 2 })
          let told: (number | undefined)[] = []
          // A beat with what it was told before may be under way.
          for (let tries = 0; tries < TRIES && told[0] !== 3; tries++) {
            await standsIn(bench)
            const list = await bench.instances.list()
            const seen = list.find(({ instanceId }) => instanceId === 'a')
            told = [seen?.running, seen?.unresponsive]
          }
          assert.deepEqual(told, [3, 2])
        })
      })
    }

    test('numbers go on after those it used', async (bench) => {
      await withStandIn(bench, 60_000, async ({ standIn, input }) => {
        await bench.storage.beat(input)
        const { beat: acked } = await standsIn(bench)
        const beat = standIn.next()
        assert(beat > acked)
        const { alive } = await bench.storage.beat({ ...input, beat, acked })
        assert.equal(alive, true)
      })
    })

    test('stops when the process is blocked for longer than maxBlockMs', async (bench) => {
      await withStandIn(bench, 600, async ({ standIn, input }) => {
        await bench.storage.beat(input)
        const hasBeaten = watch(standIn)
        await until(() => {
          // On a busy machine the thread may come to look only when it has been too long already.
          standIn.beating(input)
          return hasBeaten()
        })
        await until(() => !hasBeaten())
      })
    })

    test('gives a lost lease up', async (bench) => {
      await withStandIn(bench, 60_000, async ({ standIn, input }) => {
        // Never joined, which is what a buried instance looks like.
        const hasBeaten = watch(standIn)
        await until(() => !hasBeaten())
        const { others } = await bench.storage.beat(beatOf(bench, 'b', 0))
        assert.deepEqual(
          others.filter(({ instanceId }) => instanceId === input.instance.instanceId),
          [],
        )
      })
    })

    test('ends an attempt whose time is up, and none that is over', async (bench) => {
      await withStandIn(bench, 60_000, async ({ standIn, input }) => {
        await bench.storage.beat(input)
        await bench.storage.insert({ tasks: [bench.task(), bench.task(), bench.task()] })
        const claim = { limit: 3, funcNames: ['work'] }
        const turn = await bench.storage.turn({ instanceId: 'a', settle: [], claim })
        const taskIds = turn.claimed.map(({ taskId }) => taskId)
        const [late, over, early] = turn.claimed.map((task) => bench.settlement(task, 'failed'))
        assert(late && over && early, 'claimed all three')
        standIn.limit(59_000, early)
        standIn.limit(0, over)()
        standIn.limit(0, late)
        const statuses = async () =>
          (await bench.storage.get({ taskIds })).map((task) => task?.status).join()
        for (let tries = 0; tries < TRIES && (await statuses()).startsWith('running'); tries++) {
          await standsIn(bench)
        }
        assert.equal(await statuses(), 'failed,running,running')
      })
    })

    test('starts with 0 again for a new lease', async (bench) => {
      await withStandIn(bench, 60_000, async ({ standIn }) => {
        standIn.reset()
        assert.equal(standIn.next(), 0)
        assert.equal(standIn.next(), 1)
      })
    })
  })
}

async function withStandIn(
  bench: Bench,
  maxBlockMs: number,
  run: (given: { standIn: StandIn; input: BeatInput }) => Promise<void>,
): Promise<void> {
  assert(bench.storage.standIn, 'the storage has standIn')
  const errors: unknown[] = []
  const onError = (error: unknown) => errors.push(error)
  const standIn = bench.storage.standIn({ everyMs: EVERY_MS, maxBlockMs, onError })
  try {
    const input = beatOf(bench, 'a', standIn.next())
    assert.equal(input.beat, 0)
    standIn.beating(input)
    await run({ standIn, input })
  } finally {
    await standIn.close()
  }
  assert.deepEqual(errors, [])
}

function beatOf(bench: Bench, instanceId: string, beat: number): BeatInput {
  return { ...bench.beatInput(instanceId, beat), leaseMs: 60_000, now: undefined }
}

/** Blocks this thread until another instance sees the beat of 'a' go up. */
async function standsIn(bench: Bench): Promise<InstanceBeat> {
  for (let tries = 0; tries < TRIES; tries++) {
    block()
    const { others } = await bench.storage.beat(beatOf(bench, 'b', tries))
    const seen = others.find(({ instanceId }) => instanceId === 'a')
    if (seen && seen.beat > 0) return seen
  }
  return assert.fail('the beat number never went up')
}

/**
 * Blocks this thread for a while, and tells whether the stand-in gave itself a number since the call
 * before.
 */
function watch(standIn: StandIn): () => boolean {
  let last = standIn.next()
  return () => {
    block()
    const before = last
    last = standIn.next()
    return last > before + 1
  }
}

function block(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5 * EVERY_MS)
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    if (holds()) return
    // Lets the thread's start and its messages through.
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.fail('what was waited for did not happen')
}
