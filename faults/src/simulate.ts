// Simulated worlds, one for each seed: npm run simulate -w faults -- --help
import { parseArgs } from 'node:util'
import { failedSeeds, keepSeed } from './lib/simulation/corpus.ts'
import { shrink } from './lib/simulation/shrink.ts'
import { type SimulationOutcome, simulate } from './lib/simulation/simulate.ts'

const USAGE = `npm run simulate -w faults -- [seed …] [options]

Without seeds: those that failed once, then --seeds of them. A world that is broken is made shorter:
of its steps, those are printed that it takes.
  --seeds N     how many [2000]
  --from N      the first of them [0]
  --minutes M   no more of them after that [no limit]
  --only A,B    only these steps of each world [all]
`
const say = (line: string) => void process.stdout.write(`${line}\n`)

const number = { type: 'string' } as const
const { values, positionals } = read()
if (values.help) say(USAGE)
else await run()

function read() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        seeds: number,
        from: number,
        minutes: number,
        only: number,
        help: { type: 'boolean' },
      },
    })
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${USAGE}`)
    process.exit(2)
  }
}

async function run(): Promise<void> {
  const began = performance.now()
  const only = values.only?.split(',').map(Number)
  const limitMs = Number(values.minutes ?? Number.POSITIVE_INFINITY) * 60_000
  let done = 0
  let tasks = 0
  for (const text of chosen()) {
    const seed = Number(text)
    if (!Number.isSafeInteger(seed) || seed < 0) {
      say(`seed ${text}: not run: expected a whole number of 0 or more`)
      process.exitCode ??= 2
      continue
    }
    if (performance.now() - began > limitMs) break
    const outcome = await simulate(seed, { only })
    done++
    tasks += outcome.tasks
    if (outcome.violations.length === 0) continue
    process.exitCode = 1
    if (!only) keepSeed(seed)
    await tell(outcome, only)
  }
  const minutes = (performance.now() - began) / 60_000
  const { user, system } = process.cpuUsage()
  const cpuSeconds = Math.round((user + system) / 1e6)
  say(
    `${done} worlds with ${tasks} tasks, ${Math.round(done / minutes)} a minute, ${cpuSeconds} s of CPU`,
  )
}

/** Says what is broken, and the fewest steps that it takes. */
async function tell(outcome: SimulationOutcome, only?: number[]): Promise<void> {
  const { seed, violations, done } = (await shrink(outcome.seed, { only })) ?? outcome
  const steps = done.map(({ step }) => step).join(',')
  say(`seed ${seed}: broken; replay: npm run simulate -w faults -- ${seed} --only ${steps}`)
  for (const { step, what } of done) say(`  ${String(step).padStart(2)} ${what}`)
  for (const violation of violations) say(`  ${violation}`)
}

function* chosen(): Generator<string | number> {
  if (positionals.length > 0) {
    yield* positionals
    return
  }
  yield* failedSeeds()
  const from = Number(values.from ?? 0)
  const count = Number(values.seeds ?? 2_000)
  for (let seed = from; seed < from + count; seed++) yield seed
}
