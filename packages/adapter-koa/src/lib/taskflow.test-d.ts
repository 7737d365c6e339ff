import type { RequestTasks, TaskManager } from '@taskflow/core'
import Koa from 'koa'
import { expectTypeOf, test } from 'vitest'
import { taskflow } from './taskflow.ts'

declare const tasks: TaskManager

test('every context has its tasks', () => {
  const app = new Koa()
  app.use(taskflow(tasks, { auth: false }))
  app.use((ctx) => expectTypeOf(ctx.tasks).toEqualTypeOf<RequestTasks>())
})

test('a context of its own keeps its types', () => {
  const app = new Koa<{ user: string }, { own: number }>()
  app.use(taskflow(tasks, { auth: ['admin', 'secret'] }))
  app.use((ctx) => {
    expectTypeOf(ctx.own).toEqualTypeOf<number>()
    expectTypeOf(ctx.tasks).toEqualTypeOf<RequestTasks>()
  })
})

test('auth is asked for', () => {
  // @ts-expect-error auth is required
  taskflow(tasks, {})
})
