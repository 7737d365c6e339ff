import { writeFileSync } from 'node:fs'
import type { ManagerOptions, StorageChoice } from './instance.ts'
import { InstancesOf } from './instances.ts'
import { runningTasks } from './running.ts'

/** Instances with the tasks of `running.ts`. */
export class RunningInstances extends InstancesOf<ReturnType<typeof runningTasks>> {
  constructor(choose: (folder: string) => StorageChoice, manager: ManagerOptions = {}) {
    super(choose, { script: 'running.ts', tasksOf: runningTasks, manager })
  }

  /** Lets handlers return that ignored their signal. */
  letGo(): void {
    writeFileSync(`${this.ledger}.let-go`, '')
  }
}
