// The benchmarks: npm run bench -w benchmarks -- --help
import { writeFile } from 'node:fs/promises'
import { readCommandLine, UsageError } from './lib/command-line.ts'
import { runAll } from './lib/run-all.ts'
import { table } from './lib/table.ts'

try {
  // npm runs scripts in the package's folder; files are named from where it was called.
  const folder = process.env.INIT_CWD ?? process.cwd()
  const command = readCommandLine(process.argv.slice(2), folder)
  const stop = new AbortController()
  // Children hear it themselves; what was measured is still printed, and places are cleaned.
  process.once('SIGINT', () => stop.abort())
  const report = await runAll(command, {
    say: (line) => process.stderr.write(`${line}\n`),
    signal: stop.signal,
  })
  process.stdout.write(`\n${table(report)}`)
  if (command.json) await writeFile(command.json, `${JSON.stringify(report, null, 2)}\n`)
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
