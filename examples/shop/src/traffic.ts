import type { TaskManager } from '@taskflow/core'
import { generateInvoice, reserveStock } from './tasks/billing.ts'
import { flakyWebhook, syncInventory } from './tasks/integrations.ts'
import { sendOrderConfirmation, sendWelcomeEmail } from './tasks/mail.ts'
import { renderThumbnail, resizeImage } from './tasks/media.ts'
import { exportOrders, nightlyReport, printCatalogue } from './tasks/reports.ts'

const people = ['ada', 'alan', 'barbara', 'donald', 'edsger', 'grace', 'katherine', 'radia']
const articles = ['mug', 'shirt', 'poster', 'notebook', 'sticker', 'cap']

/** What customers, staff and partners of the shop do, and how often. */
const happenings: [weight: number, happen: (tasks: TaskManager) => Promise<unknown>][] = [
  [
    5,
    (tasks) => {
      const email = customer()
      return tasks.enqueue(sendWelcomeEmail, { email }, { tags: { customer: email } })
    },
  ],
  [
    4,
    (tasks) => {
      const order = `O-${Math.floor(Math.random() * 36 ** 5).toString(36)}`.toUpperCase()
      const email = customer()
      const options = { tags: { order, customer: email } }
      const items = [{ sku: pick(articles), quantity: 1 + Math.floor(Math.random() * 3) }]
      return tasks.flow((flow) => {
        const invoice = flow.add(generateInvoice, { order, items }, options)
        const stock = flow.add(reserveStock, { order, items }, options)
        const after = [invoice, stock]
        flow.add(sendOrderConfirmation, { order, email }, { ...options, after })
      })
    },
  ],
  [
    4,
    (tasks) => {
      const article = pick(articles)
      const file = Math.random() < 0.05 ? `${article}.tiff` : `${article}.jpg`
      return tasks.enqueue(resizeImage, { file, widths: [320, 960, 1_920] }, { tags: { article } })
    },
  ],
  [
    3,
    (tasks) => {
      const article = pick(articles)
      return tasks.enqueue(renderThumbnail, { article, size: 256 }, { tags: { article } })
    },
  ],
  [1, (tasks) => tasks.enqueue(printCatalogue, { articles })],
  [3, (tasks) => tasks.enqueue(flakyWebhook, { event: pick(['order.shipped', 'order.paid']) })],
  [2, (tasks) => tasks.enqueue(syncInventory, { supplier: pick(['acme', 'globex', 'initech']) })],
  [
    1,
    (tasks) => {
      const day = new Date().toISOString().slice(0, 10)
      return tasks.enqueue(nightlyReport, { day }, { delayMs: 10_000 + Math.random() * 50_000 })
    },
  ],
  [1, (tasks) => tasks.enqueue(exportOrders, { seconds: 5 + Math.floor(Math.random() * 15) })],
]

/** Lets things happen, `perSecond` a second on average, a few at once. Returns what ends that. */
export function startTraffic(tasks: TaskManager, perSecond: number): () => void {
  if (perSecond === 0) return () => {}
  let timer: NodeJS.Timeout
  let failing = false
  const next = () => {
    // Customers come as they like: the waits of a Poisson process.
    timer = setTimeout(once, (-Math.log(1 - Math.random()) * 1_000) / perSecond)
  }
  const once = () => {
    choose()(tasks)
      .then(() => {
        failing = false
      })
      .catch((error: unknown) => {
        if (!failing) console.error(`traffic: ${error instanceof Error ? error.message : error}`)
        failing = true
      })
    next()
  }
  next()
  return () => clearTimeout(timer)
}

function choose(): (tasks: TaskManager) => Promise<unknown> {
  const total = happenings.reduce((sum, [weight]) => sum + weight, 0)
  let left = Math.random() * total
  for (const [weight, happen] of happenings) {
    left -= weight
    if (left < 0) return happen
  }
  return () => Promise.resolve()
}

function customer(): string {
  return `${pick(people)}@example.com`
}

function pick(list: readonly string[]): string {
  return list[Math.floor(Math.random() * list.length)] ?? ''
}
