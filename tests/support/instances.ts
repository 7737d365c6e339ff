import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TaskManager } from '@taskflow/core'
import { type InstanceOptions, instanceTasks, openStorage, type StorageChoice } from './instance.ts'

/** Several instances, each a process, on one storage; and a manager in this process that runs nothing. */
export class Instances {
  readonly folder = mkdtempSync(join(tmpdir(), 'taskflow-instances-'))
  readonly ledger = join(this.folder, 'ledger.txt')
  readonly tasks = instanceTasks(this.ledger)
  readonly manager: TaskManager
  readonly #choice: StorageChoice
  readonly #children: ChildProcess[] = []

  constructor(choose: (folder: string) => StorageChoice) {
    this.#choice = choose(this.folder)
    writeFileSync(this.ledger, '')
    const tasks = Object.values(this.tasks)
    this.manager = new TaskManager({ tasks, storage: openStorage(this.#choice) })
  }

  /** Starts an instance; resolves with its process when it claims. */
  async start(concurrency = 10, everyMs?: number): Promise<ChildProcess> {
    const options: InstanceOptions = {
      storage: this.#choice,
      ledger: this.ledger,
      concurrency,
      everyMs,
    }
    const child = fork(new URL('instance.ts', import.meta.url), [JSON.stringify(options)])
    this.#children.push(child)
    const [message] = await Promise.race([once(child, 'message'), once(child, 'exit')])
    if (message !== 'ready') throw new Error(`the instance ended with ${message}`)
    return child
  }

  /** What handlers did, in order. */
  events(): { event: string; taskId: string; pid: number }[] {
    const lines = readFileSync(this.ledger, 'utf8').split('\n').slice(0, -1)
    return lines.map((line) => {
      const [event = '', taskId = '', pid] = line.split(' ')
      return { event, taskId, pid: Number(pid) }
    })
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
