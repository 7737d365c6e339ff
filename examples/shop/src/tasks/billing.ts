import { setTimeout as sleep } from 'node:timers/promises'
import { defineTask } from '@taskflow/core'
import { z } from 'zod'

/** One line of an order: an article's number, or one with a quantity. */
export const orderLine = z.union([
  z
    .string()
    .min(1)
    .transform((sku) => ({ sku, quantity: 1 })),
  z.object({ sku: z.string().min(1), quantity: z.number().int().min(1).max(999).default(1) }),
])

/** Makes the invoice of an order. Takes its number only once, so it may not run twice unseen. */
export const generateInvoice = defineTask({
  name: 'generate_invoice',
  group: 'billing',
  schema: z.object({ order: z.string(), items: z.array(orderLine).min(1).max(100) }),
  retries: 2,
  delayMs: 1_000,
  async run({ order, items }, { signal, log }) {
    log(`Pricing ${items.length} ${items.length === 1 ? 'article' : 'articles'} of ${order}`)
    await sleep(200 + Math.random() * 400, undefined, { signal })
    const total = items.reduce((sum, { quantity }) => sum + quantity * 19.9, 0)
    const number = `INV-${order.slice(2)}`
    log(`Wrote ${number}.pdf`)
    return { number, total: Math.round(total * 100) / 100 }
  },
})

/** Takes the articles out of stock. Eager: the shelf must know before the next customer asks. */
export const reserveStock = defineTask({
  name: 'reserve_stock',
  group: 'billing',
  eager: true,
  requeueOnInterrupt: true,
  schema: z.object({ order: z.string(), items: z.array(orderLine).min(1).max(100) }),
  async run({ items }, { signal, log }) {
    for (const { sku, quantity } of items) {
      await sleep(20, undefined, { signal })
      log(`Reserved ${quantity} × ${sku}`)
    }
  },
})
