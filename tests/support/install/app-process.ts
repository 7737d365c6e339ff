import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { strangersEnvironment } from './pack.ts'

const freePort = new URL('./free-port.mjs', import.meta.url).href

/** An app as a process, on a port of its own. */
export interface AppProcess {
  origin: string
  /** What it has written so far, to both streams. */
  output(): string
  /** Sends the signal and resolves with the exit code, null if the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>
}

const children = new Set<ChildProcess>()

/** Kills what a test left running. */
export async function endApps(): Promise<void> {
  for (const child of children) {
    child.kill('SIGKILL')
    await exitCode(child)
  }
  children.clear()
}

/** Starts `node <args>` and waits until it listens, whatever port it asks for. */
export async function startAppProcess(
  cwd: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<AppProcess> {
  const child = spawn(process.execPath, ['--import', freePort, ...args], {
    cwd,
    env: { ...strangersEnvironment(), ...env },
    // The last tells the port.
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  children.add(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => {
      output += text
    })
  }
  const port = await new Promise<number>((resolve, reject) => {
    child.stdio[3]?.once('data', (data: Buffer) => resolve(Number(String(data))))
    child.once('close', (code) => reject(new Error(`the app ended with ${code}:\n${output}`)))
  })
  return {
    origin: `http://127.0.0.1:${port}`,
    output: () => output,
    end(signal) {
      child.kill(signal)
      return exitCode(child)
    },
  }
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close')
  return child.exitCode
}
