import { type ChildProcess, spawn } from 'node:child_process'
import nodeCluster from 'node:cluster'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { VictimAnswer, VictimOptions, VictimOrder } from './victim.ts'

const SCRIPT = fileURLToPath(new URL('victim.ts', import.meta.url))

/** How a victim's process is started. */
export interface Launch {
  /** What Node is started by, with its arguments. [nothing] */
  by?: string[]
  /** Further environment. */
  env?: NodeJS.ProcessEnv
  /** As a worker of node:cluster, of which this process is the primary. [false] */
  cluster?: boolean
}

/** A victim, seen from outside. */
export class VictimProcess {
  /** Its own process, or that of what started it. */
  readonly child: ChildProcess
  instanceId = ''
  /** The app's process, where another one started it: it would survive that one. */
  #appPid = 0
  #stops = false
  /** What its process wrote to stderr, the last of it. */
  stderr = ''

  constructor(options: VictimOptions, { by = [], env = {}, cluster = false }: Launch = {}) {
    const [command = process.execPath, ...before] = [...by, process.execPath]
    const args = [SCRIPT, JSON.stringify(options)]
    if (cluster) {
      nodeCluster.setupPrimary({ exec: SCRIPT, args: args.slice(1), execArgv: [], silent: true })
      this.child = nodeCluster.fork(env).process
    } else {
      this.child = spawn(command, [...before, ...args], {
        env: { ...process.env, NODE_OPTIONS: '', ...env },
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      })
    }
    this.child.stderr?.on('data', (data) => {
      this.stderr = (this.stderr + String(data)).slice(-4_000)
    })
  }

  get pid(): number {
    return this.child.pid ?? 0
  }

  get alive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null
  }

  /** Whether it can be told something: not so once it was told to stop. */
  get listens(): boolean {
    return this.alive && this.child.connected && !this.#stops
  }

  /** Resolves when it claims. @throws Error when it ends before that. */
  async ready(): Promise<void> {
    const ready = (await this.#next()) as { instanceId: string; pid: number }
    this.instanceId = ready.instanceId
    this.#appPid = ready.pid
  }

  /** Tells it something; resolves with its answer. @throws Error when it ends before that. */
  async tell(order: VictimOrder): Promise<VictimAnswer> {
    if (order.order === 'stop') this.#stops = true
    const answer = this.#next()
    this.child.send(order)
    return (await answer) as VictimAnswer
  }

  /** Ends it; resolves when it is gone. */
  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const exit = this.alive ? once(this.child, 'exit') : Promise.resolve()
    if (this.alive && this.#appPid > 0 && this.#appPid !== this.pid) {
      process.kill(this.#appPid, signal)
    }
    this.child.kill(signal)
    await exit
  }

  async #next(): Promise<unknown> {
    if (!this.alive) throw new Error(`the victim has ended: ${this.stderr}`)
    const over = new AbortController()
    const { signal } = over
    const exit = once(this.child, 'exit', { signal }).then(([code]) => {
      throw new Error(`the victim ended with ${code}: ${this.stderr}`)
    })
    exit.catch(() => {})
    try {
      const [message] = await Promise.race([once(this.child, 'message', { signal }), exit])
      return message
    } finally {
      over.abort()
    }
  }
}
