import { defineTask, type TaskQueue } from '@taskflow/core'

/** Tells the customer. Mail servers are busy at times: an hour later is early enough. */
export const sendReceipt = defineTask({
  name: 'send_receipt',
  retries: 3,
  delayMs: 3_600_000,
  async run({ to }: { to: string }, { attempt, log, signal }) {
    log(`Receipt to ${to}`)
    if (to.endsWith('@busy.example') && attempt === 0) throw new Error('450 try again later')
    signal.throwIfAborted()
    return { to }
  },
})

/** Charges the card, then has the receipt sent. */
export const chargeOrder = defineTask({
  name: 'charge_order',
  async run({ total, to }: { total: number; to: string }, { tasks, progress }) {
    if (total < 0) throw new RangeError('nothing to charge')
    progress(0.5, 'charged')
    await tasks.enqueue(sendReceipt, { to })
  },
})

/** `POST /orders`: answers at once, the work follows. */
export async function createOrder(request: Request, tasks: TaskQueue): Promise<Response> {
  const { id, total, to } = (await request.json()) as { id: string; total: number; to: string }
  await tasks.enqueue(chargeOrder, { total, to }, { idempotencyKey: id, tags: { order: id } })
  return new Response(null, { status: 202 })
}
