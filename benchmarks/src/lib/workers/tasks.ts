import { defineTask } from '@taskflow/core'

// What threads and processes of taskflow import: tasks that do nothing.
export const inThread = defineTask<unknown, void>({ name: 'thread', executor: 'thread', run() {} })
export const inProcess = defineTask<unknown, void>({
  name: 'process',
  executor: 'process',
  run() {},
})
