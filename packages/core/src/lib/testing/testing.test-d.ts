import { expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { defineTask, type TaskManager, type TaskRecord } from '../../index.ts'
import { runTask, testManager } from '../../testing.ts'

const mail = defineTask({ name: 'mail', run: (payload: { to: string }) => payload.to.length })
const tick = defineTask({ name: 'tick', run() {} })
const checked = defineTask({
  name: 'checked',
  schema: z.object({ n: z.string().transform(Number) }),
  run: ({ n }) => n,
})
const tasks = testManager({ tasks: [mail, tick, checked], inline: true })

it('is a manager whose helpers know the types of a task', () => {
  expectTypeOf(tasks).toExtend<TaskManager>()
  expectTypeOf(tasks.enqueued(mail)).resolves.items.toExtend<
    TaskRecord & { payload: { to: string } }
  >()
  expectTypeOf(tasks.enqueued(checked)).resolves.items.toHaveProperty('payload').toEqualTypeOf<{
    n: string
  }>()
  expectTypeOf(tasks.enqueued()).resolves.items.toHaveProperty('payload').toEqualTypeOf<unknown>()
  expectTypeOf(runTask(mail, { to: 'ann' }))
    .resolves.toHaveProperty('result')
    .toEqualTypeOf<number>()
  void runTask(tick)
  void runTask(tick, undefined, { attempt: 2 })
  void runTask(checked, { n: '1' })
})

it('refuses what does not fit', () => {
  // @ts-expect-error the payload is missing
  void runTask(mail)
  // @ts-expect-error another payload
  void runTask(mail, { to: 1 })
  // @ts-expect-error what goes in is the schema's input
  void runTask(checked, { n: 1 })
  // @ts-expect-error no such thing in a context
  void runTask(tick, undefined, { retries: 2 })
  // @ts-expect-error memory is given
  testManager({ tasks: [mail], storage: tasks.storage })
  // @ts-expect-error a real clock cannot be moved on
  testManager({ tasks: [mail], clock: { now: Date.now } })
  // @ts-expect-error no such option
  void tasks.drain({ scheduled: true })
})
