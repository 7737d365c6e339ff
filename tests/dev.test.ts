import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { utimesSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { eventually } from './support/eventually.ts'
import { root } from './support/install/pack.ts'

// It bundles the dashboard and loads every package from source, on a machine that is busy.
const patience = 120_000

it('npm run dev shows live tasks from source and starts again when a file of a package is saved', {
  timeout: 2 * patience,
}, async () => {
  const args = ['tools/dev.mjs', '--port', '0', '--storage', 'memory', '--traffic', '5']
  const dev = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [dev.stdout, dev.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text
    })
  }
  const starts = () => [...output.matchAll(/^Dashboard: (\S+)$/gm)].map(([, url = '']) => url)
  try {
    await eventually(starts, patience).toHaveLength(1)
    const [url = ''] = starts()
    const script = async (name: RegExp) => {
      const page = await (await fetch(url)).text()
      return (await fetch(new URL(name.exec(page)?.[0] ?? 'missing', url))).text()
    }
    expect(await script(/[\w/]+assets\/taskflow-\w+\.js/)).toContain('taskflow-dashboard')
    expect(await script(/[\w/]+assets\/dev-reload\.js/)).toContain('location.reload()')
    const build = async (at: string) => (await fetch(`${at}/assets/dev-build.txt`)).text()
    const before = await build(url)
    const runs = async () => (await (await fetch(new URL('/tasks', url))).json()) as unknown[]
    await eventually(async () => (await runs()).length, patience).toBeGreaterThan(0)

    // Saved without a change: what it says is not for a test to change.
    utimesSync(join(root, 'packages/core/src/lib/errors.ts'), new Date(), new Date())
    await eventually(starts, patience).toHaveLength(2)
    // Open pages reload when this differs.
    expect(await build(starts()[1] ?? '')).not.toBe(before)
  } finally {
    dev.kill('SIGTERM')
    if (dev.exitCode === null && dev.signalCode === null) await once(dev, 'exit')
  }
})
