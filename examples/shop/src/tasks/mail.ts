import { setTimeout as sleep } from 'node:timers/promises'
import { defineTask, taskLog } from '@taskflow/core'
import { z } from 'zod'
import { generateInvoice } from './billing.ts'

/** Greets whoever signed up. */
export const sendWelcomeEmail = defineTask({
  name: 'send_welcome_email',
  group: 'mail',
  schema: z.object({ email: z.email() }),
  retries: 3,
  delayMs: 2_000,
  backoff: 2,
  jitter: 0.2,
  async run({ email }, { signal }) {
    const html = renderMail('welcome')
    await deliver(email, html, signal)
    return { delivered: true }
  },
})

/** Confirms an order; more urgent than a greeting. */
export const sendOrderConfirmation = defineTask({
  name: 'send_order_confirmation',
  group: 'mail',
  schema: z.object({ email: z.email(), order: z.string() }),
  retries: 3,
  delayMs: 2_000,
  backoff: 2,
  priority: 5,
  async run({ email, order }, { signal, parents }) {
    const [invoice] = parents.of(generateInvoice)
    const number = invoice?.result?.number ?? 'an invoice to follow'
    const html = renderMail(`confirmation of ${order}, with ${number}`)
    await deliver(email, html, signal)
    return { delivered: true }
  },
})

// `taskLog` finds the log of the task it runs in, from any depth.
function renderMail(template: string): string {
  taskLog(`Rendering the ${template}`, 'debug')
  return `<h1>${template}</h1>`
}

async function deliver(to: string, html: string, signal: AbortSignal): Promise<void> {
  taskLog(`Connecting to smtp.shop.example`)
  await sleep(150 + Math.random() * 350, undefined, { signal })
  taskLog(`Delivered ${html.length} bytes to ${to}`)
}
