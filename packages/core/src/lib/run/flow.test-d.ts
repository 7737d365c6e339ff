import { expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { defineTask } from './define-task.ts'
import type { FlowNode } from './flow.ts'
import { on } from './on.ts'
import type { TaskParent } from './parents.ts'
import { TaskManager } from './task-manager.ts'
import type { TaskRef } from './task-queue.ts'

const resize = defineTask({ name: 'resize', run: ({ file }: { file: string }) => file.length })
const tick = defineTask({ name: 'tick', run() {} })
const checked = defineTask({
  name: 'checked',
  schema: z.object({ n: z.string().transform(Number) }),
  run: ({ n }) => ({ n }),
})
const manager = new TaskManager({ tasks: [resize, tick, checked] })

it('a flow has the types of its tasks', async () => {
  const { refs, tasks, flowId } = await manager.flow((flow) => {
    const a = flow.add(resize, { file: 'a' })
    expectTypeOf(a).toEqualTypeOf<FlowNode<number>>()
    const b = flow.add(checked, { n: '1' }, { after: [a], onParentFailure: 'run' })
    const c = flow.add(tick, undefined, { after: [a, b] })
    flow.add(tick)
    return { a, b, c }
  })
  expectTypeOf(flowId).toEqualTypeOf<string>()
  expectTypeOf(tasks).toEqualTypeOf<TaskRef[]>()
  expectTypeOf(refs.a).toEqualTypeOf<TaskRef<number>>()
  expectTypeOf(refs.b).toEqualTypeOf<TaskRef<{ n: number }>>()
  const list = await manager.flow((flow) => {
    const a = flow.add(resize, { file: 'a' })
    return [a, flow.add(checked, { n: '1' }, { after: [a] })]
  })
  expectTypeOf(list.refs).toEqualTypeOf<[TaskRef<number>, TaskRef<{ n: number }>]>()
  const one = await manager.flow((flow) => flow.add(resize, { file: 'a' }))
  expectTypeOf(one.refs).toEqualTypeOf<TaskRef<number>>()
  const none = await manager.flow((flow) => {
    flow.add(tick)
  })
  expectTypeOf(none.refs).toEqualTypeOf<void>()
})

it('a flow refuses what does not fit', () => {
  const ref: TaskRef<number> = { taskId: 'a', duplicate: false }
  void manager.flow((flow) => {
    // @ts-expect-error the payload is missing
    flow.add(resize)
    // @ts-expect-error another payload
    flow.add(resize, { file: 1 })
    // @ts-expect-error a key too many
    flow.add(resize, { file: 'a', width: 1 })
    // @ts-expect-error what goes in is the schema's input
    flow.add(checked, { n: 1 })
    // @ts-expect-error no node, but an id
    flow.add(tick, undefined, { after: ['a'] })
    // @ts-expect-error a stored task is no node of this flow
    flow.add(tick, undefined, { after: [ref] })
    // @ts-expect-error a task is no node either
    flow.add(tick, undefined, { after: [resize] })
    // @ts-expect-error nodes come in a list
    flow.add(tick, undefined, { after: flow.add(tick) })
    // @ts-expect-error the transaction is that of the whole flow
    flow.add(tick, undefined, { via: manager.storage })
    // @ts-expect-error parents are nodes
    flow.add(tick, undefined, { dependsOn: ['a'] })
  })
  // @ts-expect-error it must return at once
  void manager.flow(async (flow) => {
    flow.add(tick)
  })
  // @ts-expect-error only nodes become refs
  void manager.flow(() => ({ file: 'a' }))
  // @ts-expect-error no such option
  void manager.flow((flow) => flow.add(tick), { priority: 1 })
})

it('parents have the results of their tasks', () => {
  defineTask({
    name: 'child',
    run(_: void, { parents }) {
      expectTypeOf(parents.of(resize)).toEqualTypeOf<TaskParent<number>[]>()
      const [parent] = parents.of(resize)
      // @ts-expect-error there may be none
      void parent.result
      expectTypeOf(parent?.result).toEqualTypeOf<number | undefined>()
      if (parent?.status === 'success') {
        expectTypeOf(parent.result).toEqualTypeOf<number>()
        // @ts-expect-error a number is no text
        parent.result.toUpperCase()
      }
      if (parent?.status === 'failed') expectTypeOf(parent.result).toEqualTypeOf<undefined>()
      expectTypeOf(parents[0]?.result).toEqualTypeOf<unknown>()
      // @ts-expect-error tasks are values, not names
      parents.of('resize')
      // @ts-expect-error it is there to be read
      parents.push(parent)
    },
  })
})

it('after gets the result of the upstream and gives the payload', () => {
  const after = [on(resize, (length) => ({ file: 'x'.repeat(length) }))]
  defineTask({ name: 'again', after, run: ({ file }: { file: string }) => file })
  defineTask({
    name: 'wider',
    after: [on(resize, (length) => ({ length }))],
    run: (_: { length: number; note?: string }) => {},
  })
  const input = defineTask({
    name: 'input',
    schema: z.object({ n: z.string().transform(Number) }),
    after: [on(resize, (length) => ({ n: String(length) })), on(tick, () => ({ n: '1' }))],
    run({ n }) {
      expectTypeOf(n).toEqualTypeOf<number>()
      return n
    },
  })
  expectTypeOf(input.run({ n: '1' })).resolves.toEqualTypeOf<number>()
  defineTask({ name: 'nothing', after: [on(resize), on(tick, () => {})], run() {} })
})

it('after refuses what does not fit', () => {
  // @ts-expect-error another payload
  defineTask({
    name: 'wrong',
    after: [on(resize, (length) => ({ file: length }))],
    run: ({ file }: { file: string }) => file,
  })
  // @ts-expect-error what goes in is the schema's input
  defineTask({
    name: 'wrong',
    schema: z.object({ n: z.string().transform(Number) }),
    after: [on(resize, (length) => ({ n: length }))],
    run: ({ n }) => n,
  })
  // @ts-expect-error this task takes a payload
  defineTask({
    name: 'wrong',
    after: [on(resize)],
    run: ({ file }: { file: string }) => file,
  })
  // @ts-expect-error the result is a number
  on(resize, (length: string) => length)
  // @ts-expect-error a task, not its name
  on('resize')
  // @ts-expect-error not a task alone
  defineTask({ name: 'wrong', after: [resize], run() {} })
})
