import { AsyncLocalStorage } from 'node:async_hooks'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { describe, expect, it, vi } from 'vitest'
import { memoryObserver, type TaskObserver } from '../../../index.ts'
import { openTelemetry } from '../../../opentelemetry.ts'
import { kinds, start } from './test-executors.ts'
import { child, inProcess, inThread } from './testing-modules/traced.ts'

const tasksFile = new URL('./testing-modules/traced.ts', import.meta.url)

describe.each(kinds)('observers of tasks in a %s', (kind) => {
  const task = kind === 'thread' ? inThread : inProcess
  if (!task) throw new Error('expected the tasks file to export it')
  const tasks = [task, child]

  it('are told of lines and steps, and put their context around both', async () => {
    const seen = memoryObserver()
    const attempts = new AsyncLocalStorage<string>()
    const contexts: (string | undefined)[] = []
    const logger: TaskObserver = {
      async around({ taskId, executor }, run) {
        await attempts.run(`${taskId} ${executor}`, run)
      },
      onLog: () => void contexts.push(attempts.getStore()),
    }
    const { run, errors } = await start({ tasks, tasksFile, observers: [seen, logger] })
    // The worker begins with the first; the second has a context of its own all the same.
    await run(task)
    seen.clear()
    const { taskId, funcName } = await run(task, undefined, { tags: { customer: 'ada' } })
    const common = { taskId, funcName, attempt: 0, tags: { customer: 'ada' } }
    expect(seen.logs).toMatchObject([{ ...common, stream: 'log', message: 'a line' }])
    const steps = () => seen.steps.filter((one) => one.taskId === taskId)
    await vi.waitFor(() => expect(steps()).toHaveLength(3))
    expect(steps().map(({ step }) => step)).toEqual(['accepted', 'started', 'success'])
    expect(contexts.at(-1)).toBe(`${taskId} ${kind}`)
    expect(errors).toEqual([])
  })

  it('have the trace of a request go on in the worker, and in what is enqueued there', async () => {
    const exporter = new InMemorySpanExporter()
    const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
    const tracer = provider.getTracer('app')
    const observers = [openTelemetry({ tracer })]
    const { manager, ended } = await start({ tasks, tasksFile, observers })
    const request = await tracer.startActiveSpan('POST /orders', async (span) => {
      // Two at once for one worker: the second begins when the first has ended.
      const refs = [await manager.enqueue(task, null), await manager.enqueue(task, null)]
      span.end()
      return { refs, ...span.spanContext() }
    })
    const results = []
    for (const { taskId } of request.refs) results.push((await ended(taskId)).result)
    const spans = (name: string) => exporter.getFinishedSpans().filter((one) => one.name === name)
    await vi.waitFor(() => expect(spans('run child')).toHaveLength(2))
    const runs = spans(`run ${task.name}`).map((span) => span.spanContext())
    expect(runs.map(({ traceId }) => traceId)).toEqual([request.traceId, request.traceId])
    expect(results).toEqual(runs.map(({ traceId, spanId }) => ({ traceId, spanId })))
    const parents = spans('run child').map(({ parentSpanContext }) => parentSpanContext?.spanId)
    expect(parents.sort()).toEqual(runs.map(({ spanId }) => spanId).sort())
  })
})
