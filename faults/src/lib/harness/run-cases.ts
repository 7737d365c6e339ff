import { randomOf } from '../random.ts'
import type { CaseReport, FaultCase } from './fault-case.ts'
import { Lab } from './lab.ts'
import { missing, type Server } from './needs.ts'

/** What cases are run with. */
export interface RunOptions {
  seed: number
  minutes: number
  /** How long a soak's processes wait between two enqueues. [150] */
  pauseMs?: number
  server: Server
  say: (line: string) => void
  /** Aborts between two cases. */
  signal?: AbortSignal
}

/** Runs cases one after the other. What fails in one, be it the harness itself, stops no other. */
export async function runCases(cases: readonly FaultCase[], options: RunOptions) {
  const reports: CaseReport[] = []
  for (const one of cases) {
    if (options.signal?.aborted) break
    const report = await runCase(one, options)
    options.say(`${report.id}: ${report.result}${report.reasons.map((why) => `; ${why}`).join('')}`)
    reports.push(report)
  }
  return reports
}

async function runCase(one: FaultCase, options: RunOptions): Promise<CaseReport> {
  const { id, fault, needs } = one
  const { server, seed, minutes, pauseMs } = options
  const report: CaseReport = {
    id,
    fault,
    result: 'not run',
    reasons: needs.flatMap((need) =>
      need === 'postgres' && 'missing' in server ? server.missing : (missing(need) ?? []),
    ),
    figures: [],
    seconds: 0,
    verdict: null,
  }
  if (report.reasons.length > 0) return report
  const began = performance.now()
  // Each case has its own chances, whichever others run.
  const random = randomOf(
    seed + [...id].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7),
  )
  const lab = new Lab({ random, seed, minutes, ...(pauseMs !== undefined && { pauseMs }) })
  try {
    if (needs.includes('postgres') && 'url' in server) await lab.useServer(server.url)
    await one.run(lab)
  } catch (error) {
    lab.broken.push(String(error instanceof Error ? error.message : error))
  } finally {
    await lab.close()
  }
  return {
    ...report,
    result: lab.broken.length > 0 ? 'broken' : 'ok',
    reasons: lab.broken,
    figures: lab.figures,
    seconds: Math.round((performance.now() - began) / 1_000),
    verdict: lab.verdict,
  }
}
