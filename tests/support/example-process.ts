import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const children = new Set<ChildProcess>()

/** Starts an example on free ports, until it has printed `wanted` addresses; by their names. */
export async function startExample(name: string, wanted: number): Promise<Record<string, string>> {
  const child = spawn(process.execPath, ['src/main.ts'], {
    cwd: `${root}/examples/${name}`,
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.add(child)
  let output = ''
  let errors = ''
  child.stderr?.on('data', (data) => {
    errors += data
  })
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (data) => {
      output += data
      const found = [...output.matchAll(/^(\w+): (http\S+)\n/gm)]
      if (found.length < wanted) return
      resolve(Object.fromEntries(found.map(([, page, url]) => [page, url])))
    })
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}: ${errors}`)))
  })
}

/** Ends what was started. */
export async function endExamples(): Promise<void> {
  for (const child of children) {
    if (child.exitCode !== null) continue
    const exit = once(child, 'exit')
    child.kill('SIGKILL')
    await exit
  }
  children.clear()
}
