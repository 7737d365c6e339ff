import { createHandler, defineTask, TaskManager } from '@taskflow/core'
import { dashboardUi } from '@taskflow/ui/server'

export const secretKey = 'a key of your own, at least 16 letters'

/** Works for a while, and says how far it is. */
export const makeExport = defineTask({
  name: 'make_export',
  async run({ stepMs }: { stepMs: number }, { progress, signal }) {
    for (let step = 1; step <= 10; step++) {
      await new Promise((resolve) => setTimeout(resolve, stepMs))
      signal.throwIfAborted()
      progress(step / 10, `Writing part ${step} of 10`)
    }
  },
})

/** Fails, so that there is something to retry. */
export const chargeCard = defineTask({
  name: 'charge_card',
  run() {
    throw new Error('the card was declined')
  },
})

/** The tasks, and a handler that knows the shop's own users. `elsewhere`: the other origin. */
export function makeApp(elsewhere: string) {
  const tasks = new TaskManager({ tasks: [makeExport, chargeCard] })
  const handler = createHandler(tasks, {
    ui: dashboardUi(),
    secretKey,
    cors: [elsewhere],
    // Your own session. Here, whoever has the cookie of the shop is Ada.
    auth: (request) =>
      /(?:^|; )shop=ada/.test(request.headers.get('cookie') ?? '')
        ? { id: 'ada', name: 'Ada', roles: ['operator'] }
        : null,
  })
  return { tasks, handler }
}
