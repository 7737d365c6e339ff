import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { utimesSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { launchBrowser, visit } from './support/browser.ts'
import { eventually } from './support/eventually.ts'
import { freePort } from './support/free-port.ts'
import { root } from './support/install/pack.ts'

// It bundles the dashboard and loads every package from source, on a machine that is busy.
const patience = 120_000

it('npm run dev shows live tasks from source; after a file of a package was saved, open pages reload', {
  timeout: 2 * patience,
}, async () => {
  // Open pages look for the app where it was.
  const port = String(await freePort())
  const args = ['tools/dev.mjs', '--port', port, '--storage', 'memory', '--traffic', '5']
  const dev = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [dev.stdout, dev.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text
    })
  }
  const browser = await launchBrowser()
  const starts = () => [...output.matchAll(/^Dashboard: (\S+)$/gm)].map(([, url = '']) => url)
  try {
    await eventually(starts, patience).toHaveLength(1)
    const [url = ''] = starts()
    const { page, loads } = await visit(browser, `${url}/runs`)
    const live = page.getByText('Live', { exact: true })
    await live.waitFor({ timeout: patience })
    await page.locator('taskflow-runs tbody tr').first().waitFor({ timeout: patience })
    expect(loads()).toBe(1)

    // Saved without a change: what it says is not for a test to change.
    utimesSync(join(root, 'packages/core/src/lib/errors.ts'), new Date(), new Date())
    await eventually(starts, patience).toHaveLength(2)
    await eventually(loads, patience).toBe(2)
    await live.waitFor({ timeout: patience })
  } finally {
    await browser.close()
    dev.kill('SIGTERM')
    if (dev.exitCode === null && dev.signalCode === null) await once(dev, 'exit')
  }
})
