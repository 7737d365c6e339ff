import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createApp } from './app.ts'
import { startTracing } from './tracing.ts'

const exporter = new InMemorySpanExporter()
const provider = startTracing(exporter)
const { tasks, server } = createApp()
beforeAll(async () => {
  await tasks.start()
  await once(server.listen(0, '127.0.0.1'), 'listening')
})
afterAll(async () => {
  server.close()
  await tasks.stop()
  await provider.shutdown()
})

it("a task's spans belong to the trace of whoever sent the request", async () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  const { port } = server.address() as AddressInfo
  const response = await fetch(`http://127.0.0.1:${port}/orders`, {
    method: 'POST',
    headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` },
  })
  expect(response.status).toBe(202)
  const { taskId } = (await response.json()) as { taskId: string }
  await vi.waitFor(() => expect(exporter.getFinishedSpans()).toHaveLength(3))
  const span = (name: string) => exporter.getFinishedSpans().find((one) => one.name === name)
  const [request, run, smtp] = [span('POST /orders'), span('run send_receipt'), span('smtp')]
  expect(run?.attributes['taskflow.task.id']).toBe(taskId)
  for (const one of [request, run, smtp]) expect(one?.spanContext().traceId).toBe(traceId)
  expect(request?.parentSpanContext?.spanId).toBe('b7ad6b7169203331')
  expect(run?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId)
  expect(smtp?.parentSpanContext?.spanId).toBe(run?.spanContext().spanId)
})
