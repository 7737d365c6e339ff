import { type SimulationOptions, type SimulationOutcome, simulate } from './simulate.ts'

/**
 * Leaves out steps of a world that is broken for as long as the same promise stays broken; returns
 * the shortest such world, of which no step can be left out any more. Null when it is not broken.
 */
export async function shrink(
  seed: number,
  options: SimulationOptions = {},
): Promise<SimulationOutcome | null> {
  let shortest = await simulate(seed, options)
  const [first] = shortest.violations
  if (first === undefined) return null
  const kind = kindOf(first)
  const without = async (begin: number, count: number): Promise<boolean> => {
    const only = stepsOf(shortest).toSpliced(begin, count)
    const outcome = await simulate(seed, { ...options, only })
    if (!outcome.violations.some((violation) => kindOf(violation) === kind)) return false
    shortest = outcome
    return true
  }
  for (let count = Math.ceil(stepsOf(shortest).length / 2); count > 0; ) {
    let left = false
    for (let begin = 0; begin < stepsOf(shortest).length; ) {
      // Where some were left out, the next ones have moved up.
      if (await without(begin, count)) left = true
      else begin += count
    }
    // What could not be spared before may be spared without the others.
    if (count > 1 || !left) count = Math.floor(count / 2)
  }
  return shortest
}

/** The steps of a world that did something. */
export function stepsOf({ done }: Pick<SimulationOutcome, 'done'>): number[] {
  return done.map(({ step }) => step)
}

/** A violation without times, ids and numbers. */
export function kindOf(violation: string): string {
  return violation.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '#').replace(/-?\d+/g, '#')
}
