import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The demo as a process of its own. */
export interface DemoProcess {
  /** Origin, e.g. `http://localhost:40123`. */
  origin: string
  dashboard: string
  stdout(): string
  stderr(): string
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Exit>
}

export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
}

const children = new Set<ChildProcess>()
const folders: string[] = []

/** Kills what a test left running and removes its files. */
export async function cleanUp(): Promise<void> {
  for (const child of children) {
    const exited = exitOf(child)
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // The whole group is gone already.
    }
    await exited
  }
  children.clear()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
}

/** `--storage` for a new SQLite file, removed after the test. */
export function temporaryStorage(): string {
  const folder = mkdtempSync(join(tmpdir(), 'taskflow-demo-'))
  folders.push(folder)
  return `sqlite:${join(folder, 'shop.db')}`
}

/** Starts the demo on a free port, without sample traffic unless asked for, until it is ready. */
export async function startDemo(
  args: string[],
  env: Record<string, string> = {},
  options: { npm?: boolean } = {},
): Promise<DemoProcess> {
  const quiet = env.TASKFLOW_TRAFFIC ? [] : ['--traffic', 'off']
  const { child, output } = run(['--port', '0', ...quiet, ...args], env, options.npm)
  const dashboard = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', () => {
      const [, url] = /^Dashboard: (\S+)$/m.exec(output.stdout) ?? []
      if (url) resolve(url)
    })
    child.once('exit', (code) => {
      reject(new Error(`the demo ended with ${code}:\n${output.stdout}${output.stderr}`))
    })
  })
  return {
    origin: new URL(dashboard).origin,
    dashboard,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    async end(signal) {
      const exited = exitOf(child)
      child.kill(signal)
      return exited
    },
  }
}

/** Runs the demo with arguments that end it by themselves. */
export async function runDemo(args: string[], env: Record<string, string> = {}) {
  const { child, output } = run(args, env)
  const { code } = await exitOf(child)
  return { code, ...output }
}

function run(args: string[], env: Record<string, string>, npm = false) {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('TASKFLOW_'))
  const [command, ...before] = npm
    ? ['npm', 'run', 'demo', '--']
    : [process.execPath, 'tools/demo.mjs']
  const child = spawn(command ?? '', [...before, ...args], {
    cwd: root,
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that what npm leaves behind can be killed too.
    detached: true,
  })
  children.add(child)
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text
  })
  return { child, output }
}

async function exitOf(
  child: ChildProcess,
): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close')
  return { code: child.exitCode, signal: child.signalCode }
}
