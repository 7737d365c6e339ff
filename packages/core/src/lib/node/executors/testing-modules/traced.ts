import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { defineTask } from '@taskflow/core'

// What an app with spans of its own does before anything else, in its workers too.
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())

/** Runs in the app itself, enqueued by those below. */
export const child = defineTask({ name: 'child', run() {} })

/** Each says what trace it runs in, and enqueues the child. */
export const [inThread, inProcess] = ['thread', 'process'].map((executor) =>
  defineTask<unknown, { traceId: string | undefined; spanId: string | undefined }>({
    name: `traced.${executor}`,
    executor,
    async run(_, { log, tasks }) {
      log('a line')
      await tasks.enqueue(child)
      const { traceId, spanId } = trace.getSpanContext(context.active()) ?? {}
      return { traceId, spanId }
    },
  }),
)
