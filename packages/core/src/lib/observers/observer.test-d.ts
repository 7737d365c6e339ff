import { expectTypeOf, it } from 'vitest'
import { consoleObserver } from './console-observer.ts'
import { memoryObserver } from './memory-observer.ts'
import type { LifecycleEvent, LogEvent, ObservedAttempt, TaskObserver } from './observer.ts'

it('an observer has any of the methods, sync or async', () => {
  const observers: TaskObserver[] = [
    {},
    { onLog: ({ message }) => void message.trim(), close() {} },
    {
      async onLifecycle(event) {
        expectTypeOf(event).toEqualTypeOf<LifecycleEvent>()
      },
    },
    {
      trace: () => undefined,
      async around(attempt, run) {
        expectTypeOf(attempt).toEqualTypeOf<ObservedAttempt>()
        const { outcome, errorType } = await run()
        expectTypeOf(outcome).toEqualTypeOf<
          'success' | 'retry' | 'failed' | 'cancelled' | 'snoozed' | 'released'
        >()
        expectTypeOf(errorType).toEqualTypeOf<string | null>()
      },
    },
    consoleObserver({ level: 'warn', format: 'json' }),
    memoryObserver(),
  ]
  expectTypeOf(memoryObserver().logs).toEqualTypeOf<readonly LogEvent[]>()
  void observers
})

it('refuses what does not fit', () => {
  // @ts-expect-error a method that does not exist
  const misspelt: TaskObserver = { onLifeCycle() {} }
  // @ts-expect-error a trace is text
  const noText: TaskObserver = { trace: () => 7 }
  const meddles: TaskObserver = {
    onLog({ tags }) {
      // @ts-expect-error tags cannot be changed
      tags.a = 'b'
    },
  }
  // @ts-expect-error no such level
  consoleObserver({ level: 'loud' })
  void [misspelt, noText, meddles]
})
