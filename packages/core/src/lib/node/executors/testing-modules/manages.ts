import { defineTask, TaskManager } from '@taskflow/core'

export const task = defineTask({ name: 'task', run() {} })
export const manager = new TaskManager({ tasks: [task] })
