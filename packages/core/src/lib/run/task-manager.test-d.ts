import { expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { TaskFailedError } from '../errors.ts'
import type { TaskContext } from './context.ts'
import { defineTask } from './define-task.ts'
import { anyOf } from './schedules/trigger.ts'
import { TaskManager } from './task-manager.ts'
import type { RequestTasks, TaskRef } from './task-queue.ts'

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

const opaque = z.object({ at: z.iso.datetime().transform((text) => new Date(text)) })
const dated = defineTask({ name: 'dated', schema: opaque, run: ({ at }) => at.getTime() })
const maybe = defineTask({ name: 'maybe', run: (payload?: { to: string }) => payload?.to ?? null })
declare const request: RequestTasks
declare const context: TaskContext

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

it('tells schema input from schema output', () => {
  void manager.enqueue(dated, { at: '2026-01-01T00:00:00Z' })
  // The default makes a key optional on the way in only.
  void manager.enqueue(checked, { n: '1', dry: true })
  expectTypeOf(dated.run({ at: '2026-01-01T00:00:00Z' })).resolves.toEqualTypeOf<number>()
  // @ts-expect-error the schema's output is no input
  void manager.enqueue(dated, { at: new Date() })
  // @ts-expect-error a key the schema does not know
  void manager.enqueue(checked, { n: '1', wet: true })
  // @ts-expect-error run gets the schema's output
  defineTask({ name: 'x', schema: opaque, run: (payload: { at: string }) => payload.at })
})

it('holds for every way to enqueue', () => {
  expectTypeOf(request.enqueue(mail, { to: 'a' })).resolves.toEqualTypeOf<TaskRef<number>>()
  expectTypeOf(context.tasks.enqueue(tick)).resolves.toEqualTypeOf<TaskRef<void>>()
  expectTypeOf(manager.enqueueMany(mail, [{ payload: { to: 'a' } }])).resolves.toEqualTypeOf<
    TaskRef<number>[]
  >()
  expectTypeOf(manager.enqueueByName('mail', { any: 1 })).resolves.toEqualTypeOf<TaskRef>()
  void manager.enqueue(maybe, undefined)
  void request.enqueue(tick, undefined, { eager: true })
  // @ts-expect-error the payload is missing
  void request.enqueue(mail)
  // @ts-expect-error another payload
  void request.enqueue(mail, { to: 1 })
  // @ts-expect-error no such option
  void request.enqueue(mail, { to: 'a' }, { hold: true })
  // @ts-expect-error the payload is missing
  void context.tasks.enqueue(mail)
  // @ts-expect-error another payload
  void context.tasks.enqueue(mail, { from: 'a' })
  // @ts-expect-error another payload
  void manager.enqueueMany(mail, [{ payload: { to: 1 } }])
  // @ts-expect-error a payload each
  void manager.enqueueMany(mail, [{}])
})

it('gives results the type of the task', () => {
  const ref = {} as TaskRef<number>
  expectTypeOf(manager.result(ref)).resolves.toEqualTypeOf<number>()
  expectTypeOf(manager.result(ref, { timeoutMs: 5 })).resolves.toEqualTypeOf<number>()
  expectTypeOf(manager.result({ taskId: 'x' })).resolves.toEqualTypeOf<unknown>()
  expectTypeOf(new TaskFailedError(Object.create(null)).status).toEqualTypeOf<
    'failed' | 'interrupted' | 'cancelled'
  >()
  // @ts-expect-error a reference, not an id
  void manager.result('0190c2d4')
  // @ts-expect-error no such option
  void manager.result(ref, { timeout: 5 })
  // @ts-expect-error another type than the task returns
  void (manager.result(ref) satisfies Promise<string>)
})

it('refuses options that do not exist, or of another type', () => {
  // @ts-expect-error no such option
  defineTask({ name: 'x', retry: 3, run() {} })
  // @ts-expect-error a number
  defineTask({ name: 'x', retries: '3', run() {} })
  // @ts-expect-error both of them
  defineTask({ name: 'x', rateLimit: { count: 3 }, run() {} })
  // @ts-expect-error a number
  defineTask({ name: 'x', retentionMs: 'a day', run() {} })
  // @ts-expect-error a number
  void new TaskManager({ tasks: [mail], maxPending: '1000' })
  // @ts-expect-error no such option
  void manager.deleteHistory({ olderThan: 5 })
  void manager.deleteHistory({ olderThanMs: 5, funcNames: ['mail'], dryRun: true })
})

it('schedules take the payload of their task', () => {
  const when = { everyMs: 1_000 }
  expectTypeOf(manager.schedule(tick, when)).resolves.toEqualTypeOf<string>()
  void manager.schedule(tick, when, { id: 'other', overlap: 'queue' })
  void manager.schedule(mail, { cron: '0 9 * * *' }, { payload: { to: 'a' } })
  void manager.schedule(mail, anyOf([when, { at: new Date() }]), { payload: { to: 'a' } })
  void manager.schedule(tick, { shutdown: true })
  // @ts-expect-error the payload is missing
  void manager.schedule(mail, when)
  // @ts-expect-error the payload is missing
  void manager.schedule(mail, when, { id: 'x' })
  // @ts-expect-error another payload
  void manager.schedule(mail, when, { payload: { to: 1 } })
  // @ts-expect-error this task takes none
  void manager.schedule(tick, when, { payload: 1 })
  // @ts-expect-error no such trigger
  void manager.schedule(tick, { everySeconds: 1 })
  // @ts-expect-error no such policy
  void manager.schedule(tick, when, { misfire: 'some' })
})
