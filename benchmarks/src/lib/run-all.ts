import type { Command } from './command-line.ts'
import { compare } from './compare.ts'
import { describeEnvironment } from './environment.ts'
import { type Case, ROWS } from './measures.ts'
import type { Report, Result, SystemInfo } from './report-format.ts'
import { type Bench, emptyOf, type Outcome, runCase, runWithHistory } from './run-case.ts'
import { findServers } from './servers.ts'
import { median } from './statistics.ts'
import { SYSTEMS } from './systems/catalogue.ts'

export interface Progress {
  say(line: string): void
  /** Ends the run after the case under way; the report has what was measured. */
  signal?: AbortSignal
}

/** Runs what the command asks for, one case at a time; what fails is told in its line. */
export async function runAll(command: Command, { say, signal }: Progress): Promise<Report> {
  const systems = SYSTEMS.filter(({ name }) => command.systems.includes(name)).map(infoOf)
  const servers = await findServers({
    postgres: systems.some(({ storage }) => storage === 'postgres'),
    redis: systems.some(({ storage }) => storage === 'redis'),
  })
  try {
    const environment = describeEnvironment(
      systems.flatMap(({ packages }) => packages),
      servers,
    )
    const bench: Bench = { settings: command.settings, servers }
    const results: Result[] = []
    for await (const part of resultsOf(command, systems, bench, say)) {
      results.push(...part)
      if (signal?.aborted) break
    }
    const { settings } = command
    return { format: 1, environment, settings, systems, results: compare(results) }
  } finally {
    await servers.close()
  }
}

/** First what needs an empty place; then, system by system, what needs finished rows. */
async function* resultsOf(
  command: Command,
  systems: SystemInfo[],
  bench: Bench,
  say: Progress['say'],
): AsyncGenerator<Result[]> {
  const rows = ROWS.filter(({ name }) => command.rows.includes(name))
  const cases = rows.flatMap((row) => row.cases.map((item) => ({ row: row.name, item })))
  for (const { row, item } of cases.filter((entry) => !entry.item.history)) {
    for (const system of systems.filter((each) => suits(item, each))) {
      say(`${item.name}  ${system.title}`)
      yield toResults(row, item, system, await runCase(item, system, bench))
    }
  }
  if (command.settings.history === 0) return
  const kept = cases.filter(({ item }) => item.history)
  for (const system of systems) {
    const fitting = kept.filter(({ item }) => suits(item, system))
    if (fitting.length === 0) continue
    say(`with finished rows  ${system.title}`)
    const items = fitting.map(({ item }) => item)
    const outcomes = await runWithHistory(items, system, bench)
    yield fitting.flatMap(({ row, item }) =>
      toResults(row, item, system, outcomes.get(item) ?? { reason: 'it was not reached' }),
    )
  }
}

function suits(item: Case, system: SystemInfo): boolean {
  return item.suits?.(system) ?? true
}

function toResults(row: string, item: Case, { name: system }: SystemInfo, outcome: Outcome) {
  return item.measures.map(({ name: measure, unit, better }): Result => {
    const none = { empty: null, toRaw: null, toBestPeer: null, toEmpty: null, goals: [] }
    const common = { row, measure, system, unit, better, ...none }
    if (!Array.isArray(outcome)) {
      return { ...common, status: 'not run', reason: outcome.reason, value: null, runs: [] }
    }
    const runs = numbers(outcome, measure)
    if (runs.length === 0) {
      const reason = String(outcome[0]?.[measure])
      return { ...common, status: 'not run', reason, value: null, runs }
    }
    const empties = numbers(outcome, emptyOf(measure))
    const empty = empties.length > 0 ? median(empties) : null
    return { ...common, status: 'ok', value: median(runs), runs, empty }
  })
}

function numbers(runs: Record<string, number | string>[], name: string): number[] {
  return runs.map((run) => run[name]).filter((value) => typeof value === 'number')
}

function infoOf({ name, title, kind, storage, setup, packages }: SystemInfo): SystemInfo {
  return { name, title, kind, storage, setup, packages }
}
