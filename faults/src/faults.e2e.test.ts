import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, inject, it } from 'vitest'
import { CASES } from './lib/cases/catalogue.ts'
import { missing } from './lib/harness/needs.ts'
import { runCases } from './lib/harness/run-cases.ts'
import { table } from './lib/harness/table.ts'

const short = CASES.filter((one) => one.short)

describe('short cases of the faults', { timeout: 240_000 }, () => {
  it.each(short)('$id: $fault', async (one) => {
    const url = inject('postgresUrl')
    const server = { url, version: '', stop: async () => {} }
    const seed = Math.floor(Math.random() * 1e6)
    const [report] = await runCases([one], { seed, minutes: 0.1, server, say: () => {} })
    const unmet = one.needs.flatMap((need) => missing(need) ?? [])
    expect(report, `seed ${seed}`).toMatchObject(
      unmet.length > 0
        ? { result: 'not run', reasons: unmet }
        : { result: 'ok', reasons: [], verdict: one.id === 'E01' ? null : { lost: 0, stuck: 0 } },
    )
  })

  it('say what was not run, and why', async () => {
    const server = { missing: 'Postgres: not reachable: refused' }
    const cases = CASES.filter(({ id }) => id === 'B05')
    const reports = await runCases(cases, { seed: 1, minutes: 0.1, server, say: () => {} })
    expect(table(reports)).toContain('| not run | – | Postgres: not reachable: refused |')
  })

  it.each([
    ['main.ts', 'A99', '| A99 | – | not run | – | there is no such case'],
    ['simulate.ts', '1e9x', 'seed 1e9x: not run: expected a whole number of 0 or more'],
  ])('say in %s that there is no %s', (script, name, said) => {
    const path = fileURLToPath(new URL(script, import.meta.url))
    const { status, stdout } = spawnSync(process.execPath, [path, name], { encoding: 'utf8' })
    expect(stdout).toContain(said)
    expect(status).toBe(2)
  })

  it('find what is broken, be it the case itself', async () => {
    const [report] = await runCases(
      [
        {
          id: 'X',
          fault: 'none',
          needs: [],
          async run(lab) {
            const storage = lab.sqlite()
            const victim = await lab.victim({ storage })
            await victim.tell({ order: 'enqueue', works: lab.works(2) })
            await lab.until(() => lab.lines('end').length === 2)
            const manager = await lab.watcher(storage)
            await manager.deleteHistory({ endedBefore: Date.now() + 1_000 })
            await lab.settle(storage)
            throw new Error('and it ends badly')
          },
        },
      ],
      { seed: 1, minutes: 0.1, server: { missing: 'none' }, say: () => {} },
    )
    expect(report).toMatchObject({
      result: 'broken',
      reasons: ['lost: 2', 'and it ends badly'],
      verdict: { acked: 2, lost: 2 },
    })
  })
})
