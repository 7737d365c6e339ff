/**
 * Runs a task below the span of its attempt, which is in another thread or process: so that spans that
 * its handler makes there are of the same trace.
 */
export async function inTrace<Result>(trace: string, run: () => Promise<Result>): Promise<Result> {
  const within = await loaded()
  return within ? within(trace, run) : run()
}

type Within = typeof import('../../opentelemetry/trace-context.ts').withTrace

let loading: Promise<Within | null> | undefined

/** Loaded once there is a trace: `@opentelemetry/api` is optional, and other tracers go without. */
function loaded(): Promise<Within | null> {
  loading ??= import('../../opentelemetry/trace-context.ts').then(
    ({ withTrace }) => withTrace,
    () => null,
  )
  return loading
}
