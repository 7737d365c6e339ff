import { type Job, startChild } from './child-process.ts'
import type { Case } from './measures.ts'
import type { Settings, SystemInfo } from './report-format.ts'
import type { Servers } from './servers.ts'
import { makeWorkspace, type Workspace } from './workspace.ts'

type Values = Record<string, number | string>

/** Where a run has the figure without finished rows. */
export const emptyOf = (measure: string) => `${measure}-empty`

/** Figures per run, by measure; or why there are none. */
export type Outcome = Values[] | { reason: string }

export interface Bench {
  settings: Settings
  servers: Servers
}

/** Runs a case as often as asked, each time on a place of its own. */
export async function runCase(item: Case, system: SystemInfo, bench: Bench): Promise<Outcome> {
  const runs: Values[] = []
  try {
    while (runs.length < bench.settings.repeat) {
      const run = (workspace: Workspace) => runOnce(item, system, bench, workspace)
      runs.push(await withWorkspace(system, bench, run))
    }
    return runs
  } catch (error) {
    return { reason: messageOf(error) }
  }
}

/** Runs cases on one place with finished rows, which take long to make. */
export async function runWithHistory(
  items: Case[],
  system: SystemInfo,
  bench: Bench,
): Promise<Map<Case, Outcome>> {
  const outcomes = new Map<Case, Outcome>()
  try {
    await withWorkspace(system, bench, async (workspace) => {
      await prepare(jobOf('history', items[0], system, bench, workspace))
      for (const item of items) outcomes.set(item, await repeat(item, system, bench, workspace))
    })
  } catch (error) {
    for (const item of items) outcomes.set(item, outcomes.get(item) ?? { reason: messageOf(error) })
  }
  return outcomes
}

async function repeat(
  item: Case,
  system: SystemInfo,
  bench: Bench,
  workspace: Workspace,
): Promise<Outcome> {
  const runs: Values[] = []
  try {
    while (runs.length < bench.settings.repeat) {
      const empty = await measureEmpty(item, system, bench)
      const full = await measure(jobOf('measure', item, system, bench, workspace))
      runs.push({ ...empty, ...full })
    }
    return runs
  } catch (error) {
    return { reason: messageOf(error) }
  }
}

/** The same without finished rows, in turns with them: a machine is not as fast at all hours. */
async function measureEmpty(item: Case, system: SystemInfo, bench: Bench): Promise<Values> {
  const { empty } = item
  if (empty === undefined) return {}
  const values = await withWorkspace(system, bench, (workspace) =>
    measure(jobOf('measure', { ...item, name: empty }, system, bench, workspace)),
  )
  return { [emptyOf(item.name)]: values[empty] ?? 'it has no figure' }
}

async function runOnce(item: Case, system: SystemInfo, bench: Bench, workspace: Workspace) {
  // In memory, this stores nothing that stays; but the code is in the compile cache then.
  if (item.name === 'memory-drain') await prepare(jobOf('fill', item, system, bench, workspace))
  return measure(jobOf('measure', item, system, bench, workspace))
}

async function withWorkspace<Result>(
  system: SystemInfo,
  { servers }: Bench,
  act: (workspace: Workspace) => Promise<Result>,
): Promise<Result> {
  const workspace = await makeWorkspace(system.storage, servers)
  try {
    return await act(workspace)
  } finally {
    // The server may have gone meanwhile; then there is nothing to clean either.
    await workspace.remove().catch(() => {})
  }
}

function jobOf(
  role: Job['role'],
  item: Case | undefined,
  { name }: SystemInfo,
  { settings }: Bench,
  { place }: Workspace,
): Job {
  return { role, case: item?.name ?? '', system: name, place, settings }
}

async function prepare(job: Job): Promise<void> {
  const child = startChild(job)
  await child.next('ready').finally(child.ended)
}

async function measure(job: Job): Promise<Values> {
  const child = startChild(job, job.case === 'memory-task' ? ['--expose-gc'] : [])
  const { maxSeconds, idleSeconds, recoverySeconds } = job.settings
  const limit = 4 * maxSeconds + 2 * idleSeconds + recoverySeconds + 120
  let late = false
  const timer = setTimeout(() => {
    late = true
    child.kill()
  }, limit * 1000)
  try {
    return (await child.next('values')).values
  } catch (error) {
    throw late ? new Error(`it took longer than ${limit} s`) : error
  } finally {
    clearTimeout(timer)
    await child.ended()
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
