import { randomUUID } from 'node:crypto'
import { type RequestTasks, TaskflowError } from '@taskflow/core'
import { z } from 'zod'
import { generateInvoice, orderLine, reserveStock } from './tasks/billing.ts'
import { flakyWebhook } from './tasks/integrations.ts'
import { sendOrderConfirmation, sendWelcomeEmail } from './tasks/mail.ts'
import { exportOrders } from './tasks/reports.ts'

/** A POST route of the shop, the same for every framework. */
export interface ShopRoute {
  path: string
  /** Does what the body (JSON text) asks for; returns the id of the task that was started first. */
  post(body: string, tasks: RequestTasks): Promise<string>
}

/** What the shop answers to a POST: the record of the task, and where to find it. */
export interface Accepted {
  task_id: string
  url: string
}

/** The answer to a POST that was accepted, with status 202. */
export function accepted(taskId: string): Accepted {
  return { task_id: taskId, url: `/tasks/${taskId}` }
}

export const shopRoutes: readonly ShopRoute[] = [
  route('/signup', z.object({ email: z.email() }), async ({ email }, tasks) => {
    const tags = { customer: email }
    return [await tasks.enqueue(sendWelcomeEmail, { email }, { tags })]
  }),

  route(
    '/orders',
    z.object({
      items: z.array(orderLine).min(1).max(100),
      email: z.email().default('customer@shop.example'),
    }),
    async ({ items, email }, tasks) => {
      const order = `O-${randomUUID().slice(0, 8).toUpperCase()}`
      const tags = { order, customer: email }
      const placed = await tasks.flow((flow) => {
        const invoice = flow.add(generateInvoice, { order, items }, { tags })
        const stock = flow.add(reserveStock, { order, items }, { tags })
        // The mail goes out when there is an invoice to send, and something to deliver.
        flow.add(sendOrderConfirmation, { order, email }, { tags, after: [invoice, stock] })
      })
      return placed.tasks
    },
  ),

  route(
    '/webhooks/flaky',
    z.object({ event: z.string().min(1).max(100).default('order.shipped') }),
    async ({ event }, tasks) => [await tasks.enqueue(flakyWebhook, { event })],
  ),

  route(
    '/exports',
    z.object({ seconds: z.number().min(0).max(3_600) }),
    async ({ seconds }, tasks) => [await tasks.enqueue(exportOrders, { seconds })],
  ),
]

function route<Body>(
  path: string,
  schema: z.ZodType<Body>,
  enqueue: (body: Body, tasks: RequestTasks) => Promise<{ taskId: string }[]>,
): ShopRoute {
  return {
    path,
    async post(text, tasks) {
      const [first] = await enqueue(parseBody(schema, text), tasks)
      if (!first) throw new TaskflowError('internal', `${path}: expected a task`)
      return first.taskId
    },
  }
}

function parseBody<Body>(schema: z.ZodType<Body>, text: string): Body {
  let json: unknown
  try {
    json = text === '' ? {} : JSON.parse(text)
  } catch {
    throw new TaskflowError('invalid_input', 'Expected the body to be JSON')
  }
  const { data, error } = schema.safeParse(json)
  if (!error) return data
  const issues = error.issues.map(({ path, message }) => ({
    path: path.map((key) => (typeof key === 'number' ? key : String(key))),
    message,
  }))
  throw new TaskflowError('invalid_payload', 'The body is not what this route takes', { issues })
}
