import {
  type Attributes,
  context,
  type Meter,
  metrics,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import type { AttemptEnd, ObservedAttempt, TaskObserver } from '../observers/observer.ts'
import { checkOptionNames, type OptionNames } from '../option-names.ts'
import { VERSION } from '../version.ts'
import { Instruments } from './instruments.ts'
import { decodeTrace, encodeTrace } from './trace-context.ts'

export interface OpenTelemetryOptions {
  /** Makes the spans. [`trace.getTracer('@taskflow/core')`] */
  tracer?: Tracer
  /** Makes the metrics. [`metrics.getMeter('@taskflow/core')`] */
  meter?: Meter
}

/**
 * A span for each attempt and a few metrics, through `@opentelemetry/api`. A span is a child of the
 * one that was active where the task was enqueued, in whatever process that was, so a request's
 * trace goes on in its tasks; it is active while the handler runs. Register the SDK, with a context
 * manager, before this is called; flushing and closing it stay the app's.
 *
 * @throws TaskflowError `configuration` for an option that there is not.
 */
export function openTelemetry(options: OpenTelemetryOptions = {}): TaskObserver {
  const names: OptionNames<OpenTelemetryOptions> = { tracer: true, meter: true }
  checkOptionNames(options, names, { where: 'openTelemetry', code: 'configuration' })
  const {
    tracer = trace.getTracer('@taskflow/core', VERSION),
    meter = metrics.getMeter('@taskflow/core', VERSION),
  } = options
  const instruments = new Instruments(meter)
  return {
    trace: () => encodeTrace(context.active()),
    onLifecycle({ step, funcName }) {
      if (step === 'accepted') instruments.accepted(funcName)
    },
    async around(attempt, run) {
      // Not the active context: whoever woke the dispatcher has nothing to do with this task.
      const parent = decodeTrace(attempt.trace)
      const settings = { kind: SpanKind.CONSUMER, attributes: attributesOf(attempt) }
      const span = tracer.startSpan(`run ${attempt.funcName}`, settings, parent)
      instruments.began(attempt)
      const end = await context.with(trace.setSpan(parent, span), run)
      instruments.ended(attempt, end)
      finish(span, end)
    },
  }
}

function attributesOf({ taskId, funcName, attempt, executor }: ObservedAttempt): Attributes {
  return {
    'messaging.system': 'taskflow',
    'messaging.operation.name': 'run',
    'messaging.operation.type': 'process',
    'messaging.destination.name': funcName,
    'taskflow.task.id': taskId,
    'taskflow.task.name': funcName,
    'taskflow.attempt': attempt,
    'taskflow.executor': executor,
  }
}

function finish(span: Span, { outcome, error, stacktrace, errorType }: AttemptEnd): void {
  span.setAttribute('taskflow.outcome', outcome)
  if (outcome === 'retry' || outcome === 'failed') {
    // What the conventions say of anything else.
    const type = errorType ?? '_OTHER'
    const message = error ?? ''
    span.setAttribute('error.type', type)
    span.recordException({ name: type, message, ...(stacktrace !== null && { stack: stacktrace }) })
    span.setStatus({ code: SpanStatusCode.ERROR, message })
  }
  span.end()
}
