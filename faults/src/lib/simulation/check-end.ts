import type { StoredTask, TaskStatus } from '@taskflow/core'
import { FAR, REPEATED, WHOLE } from './workload.ts'
import type { SimApp, World } from './world.ts'

const BEAT_MS = 3_000
/** As often as the slowest promise needs: sweeps, and suspects that run one after the other. */
const MOST_BEATS = 600
const LIVE: TaskStatus[] = ['pending', 'running']

/**
 * Heals the world, lets it come to rest and looks at what is left: nothing lost, nothing stuck,
 * nothing repeated that may not be, no slot and no timer leaked. Returns how many tasks there are.
 */
export async function checkEnd(world: World): Promise<number> {
  const { memory, referee, time } = world
  world.heal()
  for (const { funcName } of (await memory.functions?.paused()) ?? []) {
    await world.operator.functions?.setPaused({ funcNames: [funcName], paused: false })
  }
  await checkSchedules(world)
  // Those left by versions that are gone.
  if (!world.apps.some(({ version }) => version === WHOLE)) await world.join(WHOLE)
  const schedules = (await memory.schedules?.list()) ?? []
  const pauses = schedules.map(({ scheduleId }) => ({ scheduleId, paused: true }))
  await world.operator.schedules?.change({ changes: pauses })
  for (let beat = 0; ; beat++) {
    const { tasks } = await memory.list({ filter: { status: LIVE }, limit: 1 })
    if (tasks.length === 0) break
    if (beat === MOST_BEATS || referee.violations.length > 0) {
      for (const { funcName, taskId, phase, status } of tasks) {
        referee.violated(`${funcName} ${taskId} is ${status} at the end (${phase})`)
      }
      return 0
    }
    await time.advance(BEAT_MS)
  }
  // Handlers that heed nothing end by themselves; stops do in a bounded time.
  await time.advance(60_000)
  const { tasks } = await memory.list({ filter: {}, limit: 100_000 })
  const stored = await memory.get({ taskIds: tasks.map(({ taskId }) => taskId) })
  for (const task of stored) if (task) await checkTask(world, task)
  checkFollowers(world, stored)
  await referee.late.checkCount()
  const known = new Set(tasks.map(({ taskId }) => taskId))
  for (const taskId of world.ledger.accepted) {
    if (!known.has(taskId)) referee.violated(`${taskId} was accepted and is lost`)
  }
  await checkInstances(world)
  return tasks.length
}

/** Once only those are left that live, the newest definition that one of them declares is stored. */
async function checkSchedules({ memory, referee, time, apps }: World): Promise<void> {
  if (new Set(apps.map(({ version }) => version)).size < 2) return
  const instances = async () => (await memory.instances?.list()) ?? []
  const isLiving = ({ instanceId }: { instanceId: string }) =>
    apps.some(({ manager }) => manager.instanceId === instanceId)
  for (let beat = 0; beat < MOST_BEATS; beat++) {
    if ((await instances()).every(isLiving)) break
    await time.advance(BEAT_MS)
  }
  // Answers that were lost are waited for, and what failed is tried again some seconds later.
  await time.advance(10 * BEAT_MS)
  const functions = (await instances()).flatMap((instance) => instance.functions)
  referee.schedules.checkStored(
    (await memory.schedules?.list()) ?? [],
    functions.flatMap(({ schedules = [] }) => schedules),
  )
}

async function checkTask({ ledger, referee, memory }: World, task: StoredTask): Promise<void> {
  const { taskId, funcName, status, attemptsMade, retryOf } = task
  const starts = ledger.starts.get(taskId) ?? 0
  const name = `${funcName} ${taskId} ${status}`
  if ((status === 'success' || status === 'failed') && attemptsMade > 0 && starts === 0) {
    referee.violated(`${name}: never started`)
  }
  if (starts > 1 && !REPEATED.includes(funcName))
    referee.violated(`${name}: started ${starts} times`)
  if (task.payload.includes('"n":') && retryOf === null) {
    const { n } = JSON.parse(task.payload) as { n: number }
    if (ledger.refused.has(n))
      referee.violated(`${name}: its enqueue said that it was not committed`)
  }
  if (funcName !== 'slow' || status !== 'success') return
  const page = await memory.logs?.read({ taskId, limit: 10 })
  const texts = page?.entries.map(({ text }) => text) ?? []
  // An append whose answer was lost is repeated: shown twice is better than lost.
  if (!/^(begins,)+ends$/.test(texts.join()))
    referee.violated(`${name}: lacks lines of its log: ${texts}`)
}

/** One run follows each success, no more and no less. */
function checkFollowers({ referee }: World, stored: readonly (StoredTask | null)[]): void {
  const named = (name: string) => stored.filter((task) => task?.funcName === name)
  const followers = named('follows').filter((task) => task?.retryOf === null).length
  const successes = named('quick').filter((task) => task?.status === 'success').length
  if (followers !== successes) referee.violated(`${followers} runs follow ${successes} successes`)
}

/** All slots are free again, and a manager that has stopped leaves nothing behind. */
async function checkInstances(world: World): Promise<void> {
  const { memory, referee, time, apps } = world
  for (const instance of (await memory.instances?.list()) ?? []) {
    const { running, unresponsive = 0, instanceId } = instance
    if (running + unresponsive > 0) referee.violated(`${instanceId} did not come to rest`)
  }
  const [last, ...others] = apps
  let stopping = world.stops.length
  const stop = ({ manager }: SimApp) => {
    stopping++
    void manager.stop().then(() => stopping--)
  }
  for (const ended of world.stops) void ended.then(() => stopping--)
  for (const app of others) stop(app)
  await time.advance(30_000)
  if (last) await checkSlots(world, last)
  if (last) stop(last)
  await time.advance(30_000)
  if (stopping > 0) referee.violated(`${stopping} stops did not end`)
  for (const { process } of apps) {
    if (process.timers > 0) referee.violated(`${process.timers} timers are left after a stop`)
  }
  const left = (await memory.instances?.list()) ?? []
  if (left.length > 0) referee.violated(`${left.length} instances are left after all have stopped`)
}

/** As many tasks start at once as there are slots, here and in the other executor. */
async function checkSlots(world: World, { manager, work }: SimApp): Promise<void> {
  const { ledger, referee, time } = world
  const payload = { n: -1, ms: 5_000 }
  const items = (count: number) => Array.from({ length: count }, () => ({ payload }))
  const near = manager.enqueueMany(work.slow, items(manager.concurrency + 1))
  const far = manager.enqueueMany(work.far, items((FAR.concurrency ?? 0) + 1))
  await time.advance(2_000)
  for (const [refs, slots] of [
    [await near, manager.concurrency],
    [await far, FAR.concurrency],
  ] as const) {
    const began = refs.filter(({ taskId }) => ledger.starts.has(taskId)).length
    if (began !== slots) referee.violated(`${began} tasks began in ${slots} slots`)
  }
  await time.advance(20_000)
}
