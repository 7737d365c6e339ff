import { defineTask, SnoozeTask, taskLog } from '@taskflow/core'

// As an app would write it: by the package's name, the tasks in a list.
const names = ['by-name', 'snoozes']
export const tasks = names.map((name) =>
  defineTask({
    name,
    executor: 'thread',
    run() {
      if (name === 'snoozes') throw new SnoozeTask(60_000)
      taskLog('from the list')
    },
  }),
)
