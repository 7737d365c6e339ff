// The faults: npm run faults -w faults -- --help
import { cpus, release } from 'node:os'
import { CASES } from './lib/cases/catalogue.ts'
import { readCommandLine, USAGE, UsageError } from './lib/harness/command-line.ts'
import type { CaseReport } from './lib/harness/fault-case.ts'
import { findServer } from './lib/harness/needs.ts'
import { runCases } from './lib/harness/run-cases.ts'
import { table } from './lib/harness/table.ts'

const say = (line: string) => void process.stderr.write(`${line}\n`)

try {
  const command = readCommandLine(process.argv.slice(2))
  if (command.help) process.stdout.write(`${USAGE}\n`)
  else if (command.list) process.stdout.write(list())
  else await run(command)
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  say(error.message)
  process.exitCode = 2
}

async function run({ cases: names, seed, minutes, pauseMs }: ReturnType<typeof readCommandLine>) {
  const chosen = CASES.filter(({ id }) => names.length === 0 || names.includes(id))
  const unknown = names.filter((name) => !CASES.some(({ id }) => id === name))
  const needsServer = chosen.some(({ needs }) => needs.includes('postgres'))
  const server = needsServer ? await findServer() : { missing: 'no case asked for it' }
  const version = 'version' in server ? server.version : 'none'
  const machine = `${cpus().length} processors, Linux ${release()}`
  say(`seed ${seed}, Node ${process.version}, Postgres ${version}, ${machine}`)
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  const done = await runCases(chosen, { seed, minutes, pauseMs, server, say, signal: stop.signal })
  if ('stop' in server) await server.stop()
  const reports = [...unknown.map(unknownCase), ...done]
  process.stdout.write(`${table(reports)}\n`)
  if (unknown.length > 0) process.exitCode = 2
  for (const { id, result } of reports) {
    if (result !== 'broken') continue
    say(
      `${id} is broken; again: npm run faults -w faults -- ${id} --seed ${seed} --minutes ${minutes} --pause ${pauseMs}`,
    )
    process.exitCode = 1
  }
}

function unknownCase(id: string): CaseReport {
  const reasons = [`there is no such case; there are ${CASES.map((one) => one.id).join(', ')}`]
  return { id, fault: '–', result: 'not run', reasons, figures: [], seconds: 0, verdict: null }
}

function list(): string {
  const lines = CASES.map(
    ({ id, fault, needs }) =>
      `${id.padEnd(6)} ${fault}${needs.map((need) => ` [${need}]`).join('')}\n`,
  )
  return lines.join('')
}
