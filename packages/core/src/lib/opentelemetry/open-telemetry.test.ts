import {
  context,
  createTraceState,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { defineTask, type Task } from '../run/define-task.ts'
import { on } from '../run/on.ts'
import type { TaskManagerOptions } from '../run/options.ts'
import { SnoozeTask } from '../run/signals.ts'
import { gate, start } from '../run/test-manager.ts'
import { openTelemetry } from './open-telemetry.ts'
import { decodeTrace, encodeTrace } from './trace-context.ts'

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
})
afterAll(() => {
  context.disable()
})

/** A manager whose spans and metrics are kept, and an app that makes spans of its own. */
async function traced(tasks: Task[], options: Partial<TaskManagerOptions> = {}) {
  const exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter: metricExporter })
  const meters = new MeterProvider({ readers: [reader] })
  const tracer = provider.getTracer('app')
  const observer = openTelemetry({ tracer, meter: meters.getMeter('app') })
  const started = await start(tasks, { observers: [observer], ...options })
  /** Does `work` inside of a request's span; returns that span. */
  const request = (work: () => Promise<unknown>) =>
    tracer.startActiveSpan('POST /orders', { root: true }, async (span) => {
      await work()
      span.end()
      return span.spanContext()
    })
  const spans = (name: string) => exporter.getFinishedSpans().filter((span) => span.name === name)
  /** The sums of a metric by its attributes; of a histogram, the counts. */
  const metric = async (name: string) => {
    metricExporter.reset()
    await reader.forceFlush()
    const all = metricExporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics)
    const found = all.flatMap(({ metrics }) => metrics).find((one) => one.descriptor.name === name)
    const points = found?.dataPoints.map(({ attributes, value }) => {
      const sum = typeof value === 'number' ? value : 'count' in value ? value.count : null
      return [Object.values(attributes).join(' '), sum] as const
    })
    return { unit: found?.descriptor.unit, sums: Object.fromEntries(points ?? []) }
  }
  return { ...started, tracer, request, spans, metric }
}

describe('spans', () => {
  it('carry the trace of the request that enqueued the task, on into what the handler does', async () => {
    const mail = defineTask({ name: 'mail', run: () => trace.getActiveSpan()?.spanContext() })
    const order = defineTask({
      name: 'order',
      async run(_: void, { tasks }) {
        await new Promise((resolve) => setImmediate(resolve))
        await tasks.enqueue(mail)
      },
    })
    const { manager, clock, request, spans } = await traced([order, mail])
    let taskId = ''
    const requestSpan = await request(async () => {
      taskId = (await manager.enqueue(order, undefined, { delayMs: 60_000 })).taskId
    })
    await clock.advance(60_000)
    const [orderSpan] = spans('run order')
    const [mailSpan] = spans('run mail')
    expect(orderSpan).toMatchObject({
      kind: SpanKind.CONSUMER,
      parentSpanContext: { spanId: requestSpan.spanId, isRemote: true },
      status: { code: SpanStatusCode.UNSET },
      attributes: {
        'messaging.system': 'taskflow',
        'messaging.operation.name': 'run',
        'messaging.operation.type': 'process',
        'messaging.destination.name': 'order',
        'taskflow.task.id': taskId,
        'taskflow.task.name': 'order',
        'taskflow.attempt': 0,
        'taskflow.executor': 'async',
        'taskflow.outcome': 'success',
      },
    })
    expect(mailSpan?.parentSpanContext?.spanId).toBe(orderSpan?.spanContext().spanId)
    for (const span of [orderSpan, mailSpan]) {
      expect(span?.spanContext().traceId).toBe(requestSpan.traceId)
    }
  })

  it('are one for each attempt, below the same parent, with what was thrown', async () => {
    const flaky = defineTask({
      name: 'flaky',
      retries: 1,
      run(_: void, { attempt }) {
        if (attempt === 0) throw new RangeError('too far')
      },
    })
    const { manager, clock, request, spans } = await traced([flaky])
    const { spanId } = await request(() => manager.enqueue(flaky))
    await clock.advance(0)
    const runs = spans('run flaky')
    expect(runs.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual([spanId, spanId])
    expect(runs.map(({ attributes }) => attributes['taskflow.attempt'])).toEqual([0, 1])
    expect(runs[0]).toMatchObject({
      status: { code: SpanStatusCode.ERROR, message: 'RangeError: too far' },
      attributes: { 'error.type': 'RangeError', 'taskflow.outcome': 'retry' },
      events: [
        {
          name: 'exception',
          attributes: {
            'exception.type': 'RangeError',
            'exception.message': 'RangeError: too far',
            'exception.stacktrace': expect.stringContaining('open-telemetry.test.ts'),
          },
        },
      ],
    })
    expect(runs[1]).toMatchObject({ status: { code: SpanStatusCode.UNSET }, events: [] })
  })

  it('end with whatever ends an attempt; only failures are errors', async () => {
    const nothing = defineTask({
      name: 'nothing',
      run() {
        throw undefined
      },
    })
    const hostile = defineTask({
      name: 'hostile',
      run() {
        const { proxy, revoke } = Proxy.revocable({}, {})
        revoke()
        throw proxy
      },
    })
    const nap = defineTask({
      name: 'nap',
      run() {
        throw new SnoozeTask(60_000)
      },
    })
    const deaf = defineTask({ name: 'deaf', timeoutMs: 10, run: () => new Promise(() => {}) })
    const { task: stuck } = gate('stuck')
    const tasks = [nothing, hostile, nap, deaf, stuck]
    const { manager, clock, spans, errors } = await traced(tasks, { cancelGraceMs: 0 })
    for (const task of tasks) await manager.enqueue(task)
    await clock.advance(10)
    const outcome = (name: string) => {
      const [span] = spans(`run ${name}`)
      const { attributes, status } = span ?? {}
      return [attributes?.['taskflow.outcome'], attributes?.['error.type'], status?.code]
    }
    expect(outcome('nothing')).toEqual(['failed', '_OTHER', SpanStatusCode.ERROR])
    expect(outcome('hostile')).toEqual(['failed', '_OTHER', SpanStatusCode.ERROR])
    expect(outcome('deaf')).toEqual(['failed', 'timeout', SpanStatusCode.ERROR])
    expect(outcome('nap')).toEqual(['snoozed', undefined, SpanStatusCode.UNSET])
    expect(spans('run stuck')).toEqual([])
    expect(errors).toEqual([])
  })

  it('begin a trace of their own where nobody traced, whoever woke the dispatcher', async () => {
    const { task: first, open } = gate('first')
    const second = defineTask({ name: 'second', run() {} })
    const { manager, clock, request, spans } = await traced([first, second], { concurrency: 1 })
    // The slot is taken by a traced task, whose end starts the other one.
    await request(() => manager.enqueue(first))
    await clock.advance(0)
    await manager.enqueue(second)
    for (const { end } of open.values()) end()
    await clock.advance(0)
    const [span] = spans('run second')
    expect(span?.parentSpanContext).toBeUndefined()
  })

  it('follow a task that was held for a response, and its retry by hand', async () => {
    const fails = defineTask({
      name: 'fails',
      run() {
        throw new Error('no')
      },
    })
    const { manager, clock, request, spans } = await traced([fails])
    const held = manager.forRequest()
    let taskId = ''
    const first = await request(async () => {
      taskId = (await held.enqueue(fails)).taskId
    })
    await held.release()
    await clock.advance(0)
    const operator = await request(() => manager.retry(taskId))
    await clock.advance(0)
    expect(spans('run fails').map((span) => span.spanContext().traceId)).toEqual([
      first.traceId,
      operator.traceId,
    ])
  })

  it('of flows are below the request that stored them, and of chained tasks below the run before', async () => {
    const part = defineTask({ name: 'part', run: () => 1 })
    const whole = defineTask({ name: 'whole', run: (_: void, { parents }) => parents.length })
    const after = defineTask({ name: 'after', after: [on(whole, (n) => n)], run: (n: number) => n })
    const { manager, clock, request, spans } = await traced([part, whole, after])
    const { traceId, spanId } = await request(() =>
      manager.flow((flow) =>
        flow.add(whole, undefined, { after: [flow.add(part), flow.add(part)] }),
      ),
    )
    await clock.advance(0)
    const parents = (name: string) => spans(name).map((span) => span.parentSpanContext?.spanId)
    expect(parents('run part')).toEqual([spanId, spanId])
    expect(parents('run whole')).toEqual([spanId])
    const [last] = spans('run whole')
    expect(parents('run after')).toEqual([last?.spanContext().spanId])
    expect(spans('run after')[0]?.spanContext().traceId).toBe(traceId)
  })

  it('of a schedule begin a trace each, and go on in what its runs enqueue', async () => {
    const mail = defineTask({ name: 'mail', run() {} })
    const report = defineTask({
      name: 'report',
      async run(_: void, { tasks }) {
        await tasks.enqueue(mail)
      },
    })
    const { manager, clock, request, spans } = await traced([report, mail])
    await request(() => manager.schedule(report, { everyMs: 60_000 }))
    await clock.advance(120_000)
    const runs = spans('run report')
    expect(runs.map(({ parentSpanContext }) => parentSpanContext)).toEqual([undefined, undefined])
    const traces = runs.map((span) => span.spanContext().traceId)
    expect(new Set(traces).size).toBe(2)
    expect(spans('run mail').map((span) => span.spanContext().traceId)).toEqual(traces)
  })

  it('a tracer that throws costs the span, not the task', async () => {
    const tick = defineTask({ name: 'tick', run() {} })
    const tracer = new TracerProvider().getTracer('app')
    vi.spyOn(tracer, 'startSpan').mockImplementation(() => {
      throw new Error('broken tracer')
    })
    const { manager, clock, errors, status } = await start([tick], {
      observers: [openTelemetry({ tracer })],
    })
    const { taskId } = await manager.enqueue(tick)
    await clock.advance(0)
    expect(await status(taskId)).toBe('success')
    expect(errors).toMatchObject([{ message: 'broken tracer' }])
  })

  it('without an SDK there are none, and tasks run', async () => {
    const tick = defineTask({ name: 'tick', run() {} })
    const { manager, clock, errors, status } = await start([tick], { observers: [openTelemetry()] })
    const { taskId } = await manager.enqueue(tick)
    await clock.advance(0)
    expect(await status(taskId)).toBe('success')
    expect(errors).toEqual([])
  })
})

describe('metrics', () => {
  it('count what was accepted, what runs and what ended, by task and outcome', async () => {
    const flaky = defineTask({
      name: 'flaky',
      retries: 1,
      run(_: void, { attempt }) {
        if (attempt === 0) throw new Error('again')
      },
    })
    const { task, open } = gate()
    const { manager, clock, metric } = await traced([flaky, task])
    await manager.enqueue(flaky)
    await manager.enqueueMany(task, [{ payload: undefined }, { payload: undefined }])
    await clock.advance(2_000)
    expect(await metric('taskflow.tasks.accepted')).toEqual({
      unit: '{task}',
      sums: { flaky: 1, gate: 2 },
    })
    expect((await metric('taskflow.attempts.running')).sums).toEqual({ flaky: 0, gate: 2 })
    for (const { end } of open.values()) end()
    await clock.advance(0)
    expect(await metric('taskflow.attempts.running')).toEqual({
      unit: '{attempt}',
      sums: { flaky: 0, gate: 0 },
    })
    const counts = { 'flaky retry': 1, 'flaky success': 1, 'gate success': 2 }
    expect(await metric('taskflow.attempts')).toEqual({ unit: '{attempt}', sums: counts })
    expect(await metric('taskflow.attempt.duration')).toEqual({ unit: 's', sums: counts })
  })
})

describe('a trace context as text', () => {
  const ids = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }
  const traceparent = `00-${ids.traceId}-${ids.spanId}-01`
  const encode = (traceState?: string) => {
    const state = traceState === undefined ? {} : { traceState: createTraceState(traceState) }
    const span = { ...ids, traceFlags: TraceFlags.SAMPLED, ...state }
    return encodeTrace(trace.setSpanContext(ROOT_CONTEXT, span))
  }

  it('is what W3C says, and is read again', () => {
    expect(encode()).toBe(traceparent)
    expect(encode('vendor=1,other=2')).toBe(`${traceparent}\nvendor=1,other=2`)
    const span = trace.getSpanContext(decodeTrace(`${traceparent}\nvendor=1,other=2`))
    expect(span).toMatchObject({ ...ids, traceFlags: TraceFlags.SAMPLED, isRemote: true })
    expect(span?.traceState?.serialize()).toBe('vendor=1,other=2')
  })

  it('leaves out a tracestate that is too long to pass on', () => {
    expect(encode(`a=${'x'.repeat(250)},b=${'y'.repeat(250)},c=${'z'.repeat(50)}`)).toBe(
      traceparent,
    )
  })

  it.each([
    null,
    '',
    'nonsense',
    `01-${ids.traceId}-${ids.spanId}-01`,
    `00-${'0'.repeat(32)}-${ids.spanId}-01`,
    `00-${ids.traceId}-${'0'.repeat(16)}-01`,
    `${traceparent}-more`,
  ])('that names no span is none: %s', (text) => {
    expect(trace.getSpanContext(decodeTrace(text))).toBeUndefined()
  })

  it('there is none outside of a span', () => {
    expect(encodeTrace(ROOT_CONTEXT)).toBeUndefined()
  })
})
