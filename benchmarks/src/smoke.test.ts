import { afterEach, describe, expect, it, vi } from 'vitest'
import { readCommandLine, UsageError } from './lib/command-line.ts'
import { markdown } from './lib/markdown.ts'
import type { Report } from './lib/report-format.ts'
import { runAll } from './lib/run-all.ts'
import { table } from './lib/table.ts'

const SMALL = ['--count', '200', '--repeat', '1', '--list-calls', '2', '--samples', '5']

async function bench(...args: string[]): Promise<Report> {
  return runAll(readCommandLine([...args, ...SMALL], '/'), { say: () => {} })
}

function find(report: Report, measure: string, system: string) {
  return report.results.find((each) => each.measure === measure && each.system === system)
}

describe('the benchmarks', { timeout: 120_000 }, () => {
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  it('measure memory and SQLite beside the raw queue', async () => {
    const report = await bench(
      ...['enqueue', 'drain', 'lists', 'pages', '--storage', 'memory,sqlite', '--peers', 'none'],
      ...['--history', '300'],
    )
    const failed = report.results.filter(
      ({ row, status }) => status === 'not run' && row !== 'lists' && row !== 'pages',
    )
    expect(failed).toEqual([])
    const drain = find(report, 'drain-ten', 'taskflow-sqlite')
    expect(drain).toMatchObject({
      row: 'drain',
      unit: 'jobs/s',
      better: 'higher',
      value: expect.any(Number),
      runs: [expect.any(Number)],
      toRaw: { system: 'raw-sqlite-full', ratio: expect.any(Number) },
      goals: [{ goal: '≥ 0.5 of raw', pass: expect.any(Boolean) }],
    })
    expect(find(report, 'drain-ten-history', 'taskflow-sqlite')?.toEmpty).not.toBeNull()
    expect(find(report, 'lists-all-p50', 'taskflow-sqlite')?.value).toBeGreaterThan(0)
    expect(find(report, 'pages-worst', 'taskflow-sqlite')?.value).toBeGreaterThan(0)
    expect(report.environment).toMatchObject({
      node: process.version,
      packages: { 'better-sqlite3': expect.stringMatching(/^\d+\./) },
    })
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
    expect(table(report)).toContain('drain, 10 at a time (jobs/s)')
    expect(markdown(report)).toContain('| taskflow, SQLite (FULL) |')
  })

  it('say what did not run and why, and run the rest', async () => {
    // Nothing listens on port 1.
    vi.stubEnv('TASKFLOW_BENCH_POSTGRES_URL', 'postgres://ann:secret@127.0.0.1:1/bench')
    vi.stubEnv('TASKFLOW_BENCH_REDIS_URL', 'redis://127.0.0.1:1')
    const report = await bench('enqueue', '--storage', 'memory,postgres', '--peers', 'bullmq')
    for (const system of ['taskflow-postgres', 'raw-postgres', 'bullmq']) {
      const result = find(report, 'enqueue-one', system)
      expect(result).toMatchObject({ status: 'not run', value: null, runs: [] })
      expect(result?.reason).toMatch(/not reachable: .*ECONNREFUSED/)
    }
    expect(find(report, 'enqueue-one', 'taskflow-memory')?.status).toBe('ok')
    expect(table(report)).toMatch(/BullMQ +not run: Redis: not reachable/)
    expect(JSON.stringify(report)).not.toMatch(/secret/)
  })

  it('measure what adapters add', async () => {
    const report = await bench('http', '--storage', 'memory', '--peers', 'none')
    for (const name of ['node', 'express', 'koa', 'hono']) {
      expect(find(report, `http-${name}`, 'taskflow-memory')?.value).toEqual(expect.any(Number))
    }
  })

  it('measure what live streams cost', async () => {
    const report = await bench('streams', '--storage', 'memory', '--peers', 'none')
    for (const { measure, value } of report.results) {
      expect([measure, value]).toEqual([measure, expect.any(Number)])
    }
    expect(report.results).toHaveLength(5)
  })

  it('refuse names and numbers they do not know, with those they do', () => {
    const read = (...args: string[]) => readCommandLine(args, '/')
    expect(() => read('dance')).toThrow(/row: expected one of enqueue, drain, .*, got dance/)
    expect(() => read('--storage', 'mysql')).toThrow(/one of memory, sqlite, postgres, got mysql/)
    expect(() => read('--peers', 'celery')).toThrow(/one of pg-boss, .*, got celery/)
    expect(() => read('--count', 'many')).toThrow(/--count: expected a whole number/)
    expect(() => read('--speed', '3')).toThrow(UsageError)
  })
})
