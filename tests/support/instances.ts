import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Task, TaskManager } from '@taskflow/core'
import {
  type InstanceOptions,
  instanceTasks,
  type ManagerOptions,
  openStorage,
  type StorageChoice,
} from './instance.ts'

/** What a handler did. */
export interface LedgerEvent {
  event: string
  taskId: string
  pid: number
  /** Epoch ms. */
  at: number
}

/** What instances run: a script of this folder, and its tasks. */
export interface InstanceApp<Tasks> {
  script: string
  tasksOf: (ledger: string) => Tasks
  /** What all of its managers are given. [nothing] */
  manager?: ManagerOptions
}

/** What one instance is given beside that. */
export type StartOptions = ManagerOptions & Pick<InstanceOptions, 'everyMs'>

/** Several instances, each a process, on one storage; and a manager in this process that runs nothing. */
export class InstancesOf<Tasks extends Record<string, Task>> {
  readonly folder = mkdtempSync(join(tmpdir(), 'taskflow-instances-'))
  readonly ledger = join(this.folder, 'ledger.txt')
  readonly tasks: Tasks
  readonly manager: TaskManager
  readonly #app: InstanceApp<Tasks>
  readonly #choice: StorageChoice
  readonly #children: ChildProcess[] = []

  constructor(choose: (folder: string) => StorageChoice, app: InstanceApp<Tasks>) {
    this.#choice = choose(this.folder)
    this.#app = app
    writeFileSync(this.ledger, '')
    this.tasks = app.tasksOf(this.ledger)
    const tasks = Object.values(this.tasks)
    this.manager = new TaskManager({ tasks, storage: openStorage(this.#choice), ...app.manager })
  }

  /** Starts an instance; resolves with its process when it claims. */
  async start(concurrency = 10, options: StartOptions = {}): Promise<ChildProcess> {
    const child = this.launch({ concurrency, ...options })
    const [message] = await Promise.race([once(child, 'message'), once(child, 'exit')])
    if (message !== 'ready') throw new Error(`the instance ended with ${message}`)
    return child
  }

  /** The same, and waits for nothing. */
  launch({ everyMs, ...own }: StartOptions = {}): ChildProcess {
    const manager = { ...this.#app.manager, ...own }
    const given: InstanceOptions = { storage: this.#choice, ledger: this.ledger, manager, everyMs }
    const child = fork(new URL(this.#app.script, import.meta.url), [JSON.stringify(given)])
    this.#children.push(child)
    return child
  }

  /** What handlers did, in order. */
  events(): LedgerEvent[] {
    const lines = readFileSync(this.ledger, 'utf8').split('\n').slice(0, -1)
    return lines.map((line) => {
      const [event = '', taskId = '', pid, at] = line.split(' ')
      return { event, taskId, pid: Number(pid), at: Number(at) }
    })
  }

  /** What handlers did of that kind. */
  only(event: string): LedgerEvent[] {
    return this.events().filter((one) => one.event === event)
  }

  async close(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    await this.manager.stop()
    rmSync(this.folder, { recursive: true })
  }
}

/** Instances with the tasks of `instance.ts`. */
export class Instances extends InstancesOf<ReturnType<typeof instanceTasks>> {
  constructor(choose: (folder: string) => StorageChoice) {
    super(choose, { script: 'instance.ts', tasksOf: instanceTasks })
  }
}

/** Ends a process; resolves when it is gone. */
export async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<Exit> {
  const exit = exitOf(child)
  child.kill(signal)
  return exit
}

/** How a process ended. */
export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
}

export async function exitOf(child: ChildProcess): Promise<Exit> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return { code: child.exitCode, signal: child.signalCode }
}
