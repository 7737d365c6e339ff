import type { HttpBindings } from '@hono/node-server'
import type { RequestTasks, TaskManager } from '@taskflow/core'
import { Hono } from 'hono'
import { expectTypeOf, test } from 'vitest'
import { type TaskflowEnv, taskflow } from './taskflow.ts'

declare const tasks: TaskManager

test('every context has its tasks', () => {
  const app = new Hono<TaskflowEnv>()
  app.use(taskflow(tasks, { auth: false }))
  app.get('/', (c) => {
    expectTypeOf(c.var.tasks).toEqualTypeOf<RequestTasks>()
    expectTypeOf(c.get('tasks')).toEqualTypeOf<RequestTasks>()
    return c.body(null)
  })
})

test('the types flow from the middleware too', () => {
  new Hono<{ Bindings: HttpBindings }>().use(taskflow(tasks, { auth: false })).get('/', (c) => {
    expectTypeOf(c.var.tasks).toEqualTypeOf<RequestTasks>()
    expectTypeOf(c.env).toEqualTypeOf<HttpBindings>()
    return c.body(null)
  })
})

test('auth is asked for', () => {
  // @ts-expect-error auth is required
  taskflow(tasks, {})
})
