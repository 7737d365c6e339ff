import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { defineTask, TaskManager, type TaskStorage } from '@taskflow/core'
import { openTelemetry } from '@taskflow/core/opentelemetry'
import { postgresStorage } from '@taskflow/storage-postgres'
import { sqliteStorage } from '@taskflow/storage-sqlite'
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest'

let folder = ''
const managers: TaskManager[] = []
beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  folder = await mkdtemp(join(tmpdir(), 'traces-'))
})
afterAll(async () => {
  await Promise.all(managers.map((manager) => manager.stop()))
  await rm(folder, { recursive: true })
})

const storages: [name: string, open: () => TaskStorage][] = [
  ['SQLite', () => sqliteStorage({ file: join(folder, 'tasks.db') })],
  [
    'Postgres',
    () => postgresStorage({ url: inject('postgresUrl'), schema: `traces_${process.pid}` }),
  ],
]

it.each(storages)(
  'the trace of a request goes on in another instance on %s',
  async (_, storage) => {
    const exporter = new InMemorySpanExporter()
    const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
    const tracer = provider.getTracer('test')
    const flaky = defineTask({
      name: 'flaky',
      retries: 1,
      run(_: void, { attempt }) {
        if (attempt === 0) throw new Error('again')
      },
    })
    const instance = (concurrency: number) => {
      const observers = [openTelemetry({ tracer })]
      const options = { tasks: [flaky], storage: storage(), concurrency, observers }
      const manager = new TaskManager(options)
      managers.push(manager)
      return manager
    }
    const web = instance(0)
    await instance(1).start()
    const request = await tracer.startActiveSpan('POST /orders', async (span) => {
      await web.enqueue(flaky)
      span.end()
      return span.spanContext()
    })
    const runs = () => exporter.getFinishedSpans().filter(({ name }) => name === 'run flaky')
    await vi.waitFor(() => expect(runs()).toHaveLength(2), { timeout: 20_000 })
    for (const run of runs()) {
      expect(run.spanContext().traceId).toBe(request.traceId)
      expect(run.parentSpanContext?.spanId).toBe(request.spanId)
    }
  },
)
