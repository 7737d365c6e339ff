import { createServer, type IncomingMessage, type Server } from 'node:http'
import { context, propagation, SpanKind, trace } from '@opentelemetry/api'
import { defineTask, TaskManager } from '@taskflow/core'
import { openTelemetry } from '@taskflow/core/opentelemetry'

const tracer = trace.getTracer('orders')

export const sendReceipt = defineTask({
  name: 'send_receipt',
  retries: 2,
  async run({ order }: { order: string }, { log }) {
    // Spans made here, or by an instrumented client, are children of the run's span.
    await tracer.startActiveSpan('smtp', async (span) => {
      log(`Receipt for ${order}`)
      span.end()
    })
  },
})

/** An app with one route, `POST /orders`, that enqueues a task. */
export function createApp(): { tasks: TaskManager; server: Server } {
  const tasks = new TaskManager({ tasks: [sendReceipt], observers: [openTelemetry()] })
  const server = createServer((request, response) => {
    void traced(request, async () => {
      const { taskId } = await tasks.enqueue(sendReceipt, { order: 'A-17' })
      response.writeHead(202, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ taskId }))
    })
  })
  return { tasks, server }
}

/** What an HTTP instrumentation does: a span for each request, below the caller's. */
function traced(request: IncomingMessage, handle: () => Promise<void>): Promise<void> {
  const caller = propagation.extract(context.active(), request.headers)
  const name = `${request.method} ${request.url}`
  return tracer.startActiveSpan(name, { kind: SpanKind.SERVER }, caller, async (span) => {
    await handle()
    span.end()
  })
}
