import type { TaskStatus } from '@taskflow/core'
import { checkEnd } from './check-end.ts'
import { World, type WorldOptions } from './world.ts'

/** What happens in a world before it is left alone. */
const STEPS = 40

export interface SimulationOutcome {
  seed: number
  /** Promises that were broken; none is good. */
  violations: string[]
  /** How many tasks there were at the end. */
  tasks: number
}

/**
 * Runs the world of one seed to its end. Chance comes from the seed alone, that of the managers too,
 * so one runs after the other; what breaks is the same each time.
 */
export async function simulate(
  seed: number,
  options: WorldOptions = {},
): Promise<SimulationOutcome> {
  const world = new World(seed, options)
  const { referee, random } = world
  const { random: mathRandom } = Math
  const { stackTraceLimit } = Error
  const unhandled = (reason: unknown) => referee.violated(`nobody handled: ${String(reason)}`)
  process.on('unhandledRejection', unhandled)
  Math.random = () => random.next()
  // Errors of storages that fail are many, and nobody reads where they come from.
  Error.stackTraceLimit = 0
  try {
    await world.join()
    await world.join()
    for (let step = 0; step < STEPS && referee.violations.length === 0; step++) {
      await act(world)
      await world.time.advance(random.below(1_500))
    }
    // What is broken already only breaks more.
    const tasks = referee.violations.length === 0 ? await checkEnd(world) : 0
    if (options.calls) await world.readAll()
    return { seed, violations: referee.violations, tasks }
  } finally {
    Math.random = mathRandom
    Error.stackTraceLimit = stackTraceLimit
    process.off('unhandledRejection', unhandled)
  }
}

/** One thing that users, operators or fate do. */
async function act(world: World): Promise<void> {
  const { random, network, time, memory } = world
  const at = random.next()
  if (at < 0.45) return world.enqueue()
  const app = world.one()
  if (at < 0.58) {
    const { tasks } = await memory.list({ filter: { status: LIVE }, limit: 20 })
    if (tasks.length === 0) return
    const force = random.chance(0.3)
    void app.manager.cancel(random.pick(tasks).taskId, { force }).catch(() => {})
  } else if (at < 0.63) {
    const { tasks } = await memory.list({ filter: { status: ENDED_BADLY }, limit: 20 })
    if (tasks.length > 0) void app.manager.retry(random.pick(tasks).taskId).catch(() => {})
  } else if (at < 0.69) {
    world.leave(app)
    const stop = { graceMs: random.below(3_000), abortMs: random.below(1_000) }
    world.stops.push(app.manager.stop(stop))
    await world.join()
  } else if (at < 0.76) {
    world.leave(app)
    app.process.crash()
    await world.join()
  } else if (at < 0.82) {
    app.process.pause(random.below(40_000))
  } else if (at < 0.88) {
    app.process.cutOff = true
    time.after(random.below(40_000), () => {
      app.process.cutOff = false
    })
  } else if (at < 0.91) {
    network.down = true
    time.after(random.below(40_000), () => {
      network.down = false
    })
  } else if (at < 0.94) {
    world.stepClock(random.pick([-60_000, -5_000, 5_000, 60_000]))
  } else if (at < 0.97) {
    const paused = random.chance(0.5)
    await world.operator.functions?.setPaused({ funcNames: [random.pick(PAUSABLE)], paused })
  } else if (at < 0.98) {
    await loseLease(world, app.manager.instanceId)
  } else if (world.apps.length < 4) {
    await world.join()
  }
}

/** Takes the lease of an instance away, as whoever thinks it dead does. */
async function loseLease({ operator }: World, instanceId: string): Promise<void> {
  const instance = { instanceId, host: '', pid: 0, version: '', functions: [] }
  await operator.beat({
    instance,
    beat: 0,
    leaseMs: 0,
    running: 0,
    state: 'running',
    leaving: true,
  })
}

const LIVE: TaskStatus[] = ['pending', 'running']
const ENDED_BADLY: TaskStatus[] = ['failed', 'interrupted', 'cancelled']
const PAUSABLE = ['quick', 'slow', 'again', 'flaky', 'limited', 'follows']
