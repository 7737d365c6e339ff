// Builds what the demo needs and runs it in this process, so that signals reach it.
import { spawn } from 'node:child_process'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

if (!process.features.typescript) {
  console.error(
    `demo: expected Node 22.18 or newer (npm run demo brings it), got ${process.version}`,
  )
  process.exit(1)
}

const { fail, readCommandLine } = await import('../examples/shop/src/command-line.ts')
const options = readCommandLine()
await build().catch(fail)
const { main } = await import('../examples/shop/src/main.ts')
await main(options).catch(fail)

/** Builds the packages of the demo, those that changed; says nothing unless it fails. */
function build() {
  const turbo = join(root, 'node_modules/turbo/bin/turbo')
  const packages = '--filter=@taskflow-examples/shop^...'
  const child = spawn(
    process.execPath,
    [turbo, 'run', 'build', packages, '--output-logs=errors-only'],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        // The Node that runs this also runs the builds.
        PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
        TURBO_TELEMETRY_DISABLED: '1',
        TURBO_NO_UPDATE_NOTIFIER: '1',
      },
    },
  )
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text
    })
  }
  const stop = () => child.kill()
  process.on('SIGINT', stop).on('SIGTERM', stop)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      process.off('SIGINT', stop).off('SIGTERM', stop)
      if (child.killed) process.exit(0)
      if (code === 0) return resolve(undefined)
      process.stderr.write(output)
      reject(new Error(`expected the build to succeed, it ended with ${code ?? signal}`))
    })
  })
}
