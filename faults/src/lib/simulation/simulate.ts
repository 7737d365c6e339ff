import { randomOf } from '../random.ts'
import { checkEnd } from './check-end.ts'
import { runCommand } from './commands.ts'
import { World, type WorldOptions } from './world.ts'

/** What happens in a world before it is left alone. */
const STEPS = 40

export interface SimulationOptions extends WorldOptions {
  /** Only these of its steps, from 0. [all] */
  only?: readonly number[] | undefined
}

export interface SimulationOutcome {
  seed: number
  /** Promises that were broken; none is good. */
  violations: string[]
  /** What was done until then, by step. */
  done: { step: number; what: string }[]
  /** How many tasks there were at the end. */
  tasks: number
}

/**
 * Runs the world of one seed to its end. Chance comes from the seed alone, that of the managers too,
 * so one runs after the other; what breaks is the same each time. Each step has its own chances, so
 * that it stays what it is when others are left out.
 */
export async function simulate(
  seed: number,
  options: SimulationOptions = {},
): Promise<SimulationOutcome> {
  const world = new World(seed, options)
  const { referee, random } = world
  const { random: mathRandom } = Math
  const { stackTraceLimit } = Error
  const unhandled = (reason: unknown) => referee.violated(`nobody handled: ${String(reason)}`)
  const done: SimulationOutcome['done'] = []
  process.on('unhandledRejection', unhandled)
  Math.random = () => random.next()
  // Errors of storages that fail are many, and nobody reads where they come from.
  Error.stackTraceLimit = 0
  try {
    await world.join()
    await world.join()
    for (const step of options.only ?? Array(STEPS).keys()) {
      if (referee.violations.length > 0) break
      world.choices = randomOf(seed * 1_000_003 + step)
      const what = await runCommand(world)
      if (what !== null) done.push({ step, what })
      await world.time.advance(world.choices.below(1_500))
    }
    // What is broken already only breaks more.
    const tasks = referee.violations.length === 0 ? await checkEnd(world) : 0
    if (options.calls) await world.readAll()
    return { seed, violations: referee.violations, done, tasks }
  } finally {
    Math.random = mathRandom
    Error.stackTraceLimit = stackTraceLimit
    process.off('unhandledRejection', unhandled)
  }
}
