import type { RequestTasks, TaskManager } from '@taskflow/core'
import type { Express } from 'express'
import { expectTypeOf, test } from 'vitest'
import { taskflow } from './taskflow.ts'

declare const app: Express
declare const tasks: TaskManager

test('every request has its tasks', () => {
  app.use(taskflow(tasks, { auth: false }))
  app.use('/jobs', taskflow(tasks, { auth: ['admin', 'secret'] }))
  app.get('/', (req) => expectTypeOf(req.tasks).toEqualTypeOf<RequestTasks>())
})

test('auth is asked for', () => {
  // @ts-expect-error auth is required
  taskflow(tasks, {})
})
