import {
  type Context,
  context,
  createTraceState,
  isSpanContextValid,
  ROOT_CONTEXT,
  trace,
} from '@opentelemetry/api'

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/
/** What W3C asks to pass on at least; longer lists are left out whole. */
const MAX_TRACESTATE = 512

/**
 * A span as W3C text: `traceparent`, or that, a newline and `tracestate`. In this form whatever
 * propagator the app has chosen for its requests, since the text never leaves its storage.
 */
export function encodeTrace(active: Context): string | undefined {
  const span = trace.getSpanContext(active)
  if (!span || !isSpanContextValid(span)) return undefined
  const flags = span.traceFlags.toString(16).padStart(2, '0')
  const traceparent = `00-${span.traceId}-${span.spanId}-${flags}`
  const tracestate = span.traceState?.serialize() ?? ''
  const fits = tracestate !== '' && tracestate.length <= MAX_TRACESTATE
  return fits ? `${traceparent}\n${tracestate}` : traceparent
}

/** A context with the span of that text as its parent; an empty one where the text names none. */
export function decodeTrace(text: string | null): Context {
  const [traceparent = '', tracestate] = text?.split('\n') ?? []
  const [, traceId = '', spanId = '', flags = ''] = TRACEPARENT.exec(traceparent) ?? []
  const span = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
    ...(tracestate && { traceState: createTraceState(tracestate) }),
  }
  return isSpanContextValid(span) ? trace.setSpanContext(ROOT_CONTEXT, span) : ROOT_CONTEXT
}

/** Runs `work` below the span of that text. */
export function withTrace<Result>(text: string, work: () => Result): Result {
  return context.with(decodeTrace(text), work)
}
