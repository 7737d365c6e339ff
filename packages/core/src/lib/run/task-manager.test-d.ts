import { expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { defineTask } from './define-task.ts'
import { TaskManager } from './task-manager.ts'
import type { TaskRef } from './task-queue.ts'

const mail = defineTask({ name: 'mail', run: (payload: { to: string }) => payload.to.length })
const tick = defineTask({ name: 'tick', run() {} })
const checked = defineTask({
  name: 'checked',
  schema: z.object({ n: z.string().transform(Number), dry: z.boolean().default(false) }),
  run(payload) {
    expectTypeOf(payload).toEqualTypeOf<{ n: number; dry: boolean }>()
    return payload.n
  },
})
const manager = new TaskManager({ tasks: [mail, tick, checked] })

it('types flow from the task', () => {
  expectTypeOf(manager.enqueue(mail, { to: 'a' })).resolves.toEqualTypeOf<TaskRef<number>>()
  expectTypeOf(manager.enqueue(tick)).resolves.toEqualTypeOf<TaskRef<void>>()
  void manager.enqueue(tick, undefined, { priority: 1 })
  void manager.enqueue(checked, { n: '1' })
  expectTypeOf(mail.run({ to: 'a' })).resolves.toEqualTypeOf<number>()
})

it('refuses what does not fit', () => {
  // @ts-expect-error the payload is missing
  void manager.enqueue(mail)
  // @ts-expect-error another payload
  void manager.enqueue(mail, { to: 1 })
  // @ts-expect-error a key too many
  void manager.enqueue(mail, { to: 'a', cc: 'b' })
  // @ts-expect-error this task takes none
  void manager.enqueue(tick, { x: 1 })
  // @ts-expect-error what goes in is the schema's input
  void manager.enqueue(checked, { n: 1 })
  // @ts-expect-error no such option
  void manager.enqueue(tick, undefined, { prio: 1 })
  // @ts-expect-error tasks are values, not names
  void manager.enqueue('mail', { to: 'a' })
  // @ts-expect-error auth must be decided
  defineTask({ run() {} })
})
