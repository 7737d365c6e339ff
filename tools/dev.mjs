// The shop from source, on whatever changes: `npm run dev`, with the demo's options after `--`.
// Nothing has to be built before. Node restarts the app when a module of any package changes;
// esbuild bundles the dashboard anew, and open pages reload.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { watchDashboard } from './dev/watch-dashboard.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = await watchDashboard()
const watching = ['--watch', '--watch-preserve-output', '--conditions=@taskflow/source']
const args = [...watching, 'tools/dev/app.ts', folder, ...process.argv.slice(2)]
const app = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' })
app.once('exit', (code) => process.exit(code ?? 1))
// A terminal tells the whole group; anything else only this process.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => app.kill('SIGTERM'))
