import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FunctionNodeJson, TaskJson } from '../../client/wire.ts'
import { defineTask } from '../../run/define-task.ts'
import { on } from '../../run/on.ts'
import type { NewTask } from '../../storage/contract.ts'
import { buildNewTask } from '../../testing/builders.ts'
import { uuidv7 } from '../../uuid.ts'
import { broken, quick, testApp } from '../test-app.ts'

let app: Awaited<ReturnType<typeof testApp>>
beforeEach(async () => {
  app = await testApp()
})
afterEach(() => app.stop())

const unknownId = '01234567-89ab-7def-8123-456789abcdef'

/** A task as a flow inserts it. */
const inFlow = (funcName: string, flowId: string | undefined, dependsOn: string[]): NewTask =>
  buildNewTask({ taskId: uuidv7(Date.now()), funcName, delayMs: 60_000, dependsOn, flowId })

describe('GET /{task_id}/graph', () => {
  it('has the flow, its edges and its states, from any of its tasks', async () => {
    const a = inFlow('quick', 'f1', [])
    const b = inFlow('broken', 'f1', [a.taskId])
    const c = inFlow('quick', 'f1', [a.taskId, b.taskId])
    const apart = inFlow('quick', 'f1', [])
    const outside = inFlow('quick', undefined, [c.taskId])
    const stranger = inFlow('quick', 'f2', [])
    await app.manager.storage.insert({ tasks: [a, b, c, apart, outside, stranger] })
    for (const { taskId } of [a, c, outside]) {
      const { status, body } = await app.json('GET', `/${taskId}/graph`)
      expect(status).toBe(200)
      expect(body.truncated).toBe(false)
      const ids = body.nodes.map(({ task_id }: TaskJson) => task_id)
      expect(ids[0]).toBe(taskId)
      expect(new Set(ids)).toEqual(new Set([a, b, c, apart, outside].map((task) => task.taskId)))
      expect(new Set(body.edges.map((edge: object) => JSON.stringify(edge)))).toEqual(
        new Set(
          [
            { from: a.taskId, to: b.taskId },
            { from: a.taskId, to: c.taskId },
            { from: b.taskId, to: c.taskId },
            { from: c.taskId, to: outside.taskId },
          ].map((edge) => JSON.stringify(edge)),
        ),
      )
      const phases = new Map(body.nodes.map((node: TaskJson) => [node.task_id, node.phase]))
      expect([phases.get(a.taskId), phases.get(c.taskId)]).toEqual(['scheduled', 'blocked'])
    }
  })

  it('is one node for a task alone, and 404 for none', async () => {
    const { taskId } = await app.manager.enqueue(quick, {})
    const { body } = await app.json('GET', `/${taskId}/graph`)
    expect(body).toMatchObject({ nodes: [{ task_id: taskId }], edges: [], truncated: false })
    expect((await app.json('GET', `/${unknownId}/graph`)).status).toBe(404)
    expect((await app.json('GET', '/nonsense/graph')).status).toBe(404)
  })

  it('ends at 500 tasks and says so', async () => {
    const first = inFlow('quick', undefined, [])
    const children = Array.from({ length: 600 }, () => inFlow('quick', undefined, [first.taskId]))
    await app.manager.storage.insert({ tasks: [first, ...children] })
    const { body } = await app.json('GET', `/${first.taskId}/graph`)
    expect(body.nodes).toHaveLength(500)
    expect(body.edges).toHaveLength(499)
    expect(body.truncated).toBe(true)
  })
})

describe('GET /graph', () => {
  it('has what functions declare to follow, also where flows have shown it', async () => {
    const first = defineTask({ name: 'first', run() {} })
    const second = defineTask({ name: 'second', after: [on(first)], run() {} })
    const other = await testApp({}, { tasks: [first, second] })
    const a = inFlow('first', 'f1', [])
    await other.manager.storage.insert({ tasks: [a, inFlow('second', 'f1', [a.taskId])] })
    const { body } = await other.json('GET', '/graph')
    expect(body.edges).toEqual([{ from: 'first', to: 'second', kind: 'after' }])
    await other.stop()
  })

  it('has registered functions, edges of flows, and tasks by status', async () => {
    const a = inFlow('quick', 'f1', [])
    const b = inFlow('retired', 'f1', [a.taskId])
    await app.manager.storage.insert({ tasks: [a, b] })
    const bad = await app.manager.enqueue(broken)
    await app.until(bad.taskId, 'failed')
    await app.manager.pause('endless')
    const { body } = await app.json('GET', '/graph')
    expect(body.edges).toEqual([{ from: 'quick', to: 'retired', kind: 'flow' }])
    const nodes = new Map(body.nodes.map((node: FunctionNodeJson) => [node.func_name, node]))
    expect([...nodes.keys()]).toEqual(['broken', 'endless', 'quick', 'retired'])
    expect(nodes.get('broken')).toMatchObject({ registered: true, failed: 1 })
    expect(nodes.get('endless')).toMatchObject({ paused: true })
    expect(nodes.get('quick')).toMatchObject({ group: 'fast', scheduled: 1, paused: false })
    expect(nodes.get('retired')).toMatchObject({ registered: false, blocked: 1 })
  })
})
