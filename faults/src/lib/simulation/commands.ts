import type { TaskStatus } from '@taskflow/core'
import { PAUSABLE, VERSIONS } from './workload.ts'
import type { World } from './world.ts'

/** One thing that users, operators or fate do. */
interface Command {
  /** How often it is chosen, against the others. */
  share: number
  /** Does it; says what it did, or null when there was nothing to do it to. */
  run(world: World): string | null | Promise<string | null>
}

const COMMANDS: readonly Command[] = [
  { share: 40, run: (world) => world.enqueue() },
  { share: 4, run: (world) => world.request() },
  { share: 13, run: cancel },
  { share: 5, run: retry },
  { share: 5, run: stop },
  { share: 7, run: crash },
  { share: 6, run: pause },
  { share: 6, run: cutOff },
  { share: 3, run: outage },
  { share: 3, run: stepClock },
  { share: 4, run: pauseFunction },
  { share: 1, run: loseLease },
  { share: 2, run: deploy },
  { share: 1, run: join },
]
const ALL_SHARES = COMMANDS.reduce((sum, { share }) => sum + share, 0)

/** Runs the command that the world's choices name. */
export async function runCommand(world: World): Promise<string | null> {
  let at = world.choices.below(ALL_SHARES)
  for (const { share, run } of COMMANDS) {
    if (at < share) return run(world)
    at -= share
  }
  return null
}

const LIVE: TaskStatus[] = ['pending', 'running']
const ENDED_BADLY: TaskStatus[] = ['failed', 'interrupted', 'cancelled']

async function cancel(world: World): Promise<string | null> {
  const { choices, memory } = world
  const app = world.one()
  const { tasks } = await memory.list({ filter: { status: LIVE }, limit: 20 })
  if (tasks.length === 0) return null
  const force = choices.chance(0.3)
  const { taskId, funcName } = choices.pick(tasks)
  void app.manager.cancel(taskId, { force }).catch(() => {})
  return `cancel ${funcName} ${taskId}${force ? ' by force' : ''}, by ${app.name}`
}

async function retry(world: World): Promise<string | null> {
  const app = world.one()
  const { tasks } = await world.memory.list({ filter: { status: ENDED_BADLY }, limit: 20 })
  if (tasks.length === 0) return null
  const { taskId, funcName } = world.choices.pick(tasks)
  void app.manager.retry(taskId).catch(() => {})
  return `retry ${funcName} ${taskId}, by ${app.name}`
}

async function stop(world: World): Promise<string> {
  const { choices } = world
  const app = world.one()
  world.leave(app)
  const graceMs = choices.below(3_000)
  world.stops.push(app.manager.stop({ graceMs, abortMs: choices.below(1_000) }))
  const next = await world.join()
  return `stop ${app.name} with ${graceMs} ms of grace; ${next.name} joins`
}

async function crash(world: World): Promise<string> {
  const app = world.one()
  world.leave(app)
  app.process.crash()
  const next = await world.join()
  return `crash ${app.name}; ${next.name} joins`
}

function pause(world: World): string {
  const app = world.one()
  const ms = world.choices.below(40_000)
  app.process.pause(ms)
  return `${app.name} stands still for ${ms} ms`
}

function cutOff(world: World): string {
  const app = world.one()
  const ms = world.choices.below(40_000)
  app.process.cutOff = true
  world.time.after(ms, () => {
    app.process.cutOff = false
  })
  return `${app.name} is cut off for ${ms} ms`
}

function outage({ choices, network, time }: World): string {
  const ms = choices.below(40_000)
  network.down = true
  time.after(ms, () => {
    network.down = false
  })
  return `the storage is away for ${ms} ms`
}

function stepClock(world: World): string {
  const ms = world.choices.pick([-60_000, -5_000, 5_000, 60_000])
  world.stepClock(ms)
  return `the storage's clock is set by ${ms} ms`
}

async function pauseFunction({ choices, operator }: World): Promise<string> {
  const paused = choices.chance(0.5)
  const funcName = choices.pick(PAUSABLE)
  await operator.functions?.setPaused({ funcNames: [funcName], paused })
  return `${paused ? 'pause' : 'resume'} ${funcName}`
}

/** Takes the lease of an instance away, as whoever thinks it dead does. */
async function loseLease(world: World): Promise<string> {
  const { manager, name } = world.one()
  const { instanceId } = manager
  const instance = { instanceId, host: '', pid: 0, version: '', functions: [] }
  const beat = { instance, beat: 0, leaseMs: 0, running: 0, state: 'running' as const }
  await world.operator.beat({ ...beat, leaving: true })
  return `${name} loses its lease`
}

/** Another version of the app begins to replace what runs: forwards, or back. */
async function deploy(world: World): Promise<string> {
  world.version = world.choices.below(VERSIONS.length)
  const replaced = await stop(world)
  return `deploy version ${world.version}: ${replaced}`
}

async function join(world: World): Promise<string | null> {
  if (world.apps.length >= 4) return null
  return `${(await world.join()).name} joins`
}
