import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const tool = fileURLToPath(new URL('../tools/postgres.ts', import.meta.url))

it('starting and stopping Postgres leaves the exit code of a failed run alone', () => {
  const script = `
    import { startPostgres } from ${JSON.stringify(tool)}
    const { stop } = await startPostgres()
    await stop()
    process.exitCode = 7
  `
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  })
  expect(run.stderr).toBe('')
  expect(run.status).toBe(7)
})
