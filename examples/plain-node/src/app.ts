import { createHandler, defineTask, type HandlerOptions, TaskManager } from '@taskflow/core'
import { dashboardUi } from '@taskflow/ui/server'

export const greet = defineTask({
  name: 'greet',
  run: ({ name }: { name: string }, { log }) => log(`Hello, ${name}`),
})

/** Tasks and the handler that shows them; how it gets its requests is the next file's business. */
export function makeApp(auth: HandlerOptions['auth'] = ['admin', 'secret']) {
  const tasks = new TaskManager({ tasks: [greet] })
  const handler = createHandler(tasks, { auth, ui: dashboardUi() })
  return { tasks, handler }
}
