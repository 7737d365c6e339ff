import { describe, expect, it } from 'vitest'
import {
  buildLifecycleEvent,
  buildLogEvent,
  buildNewTask,
  buildRecord,
  buildSettlement,
  buildSummary,
  testManager,
} from '../../testing.ts'
import { defineTask } from '../run/define-task.ts'
import { memoryStorage } from '../storage/memory/memory-storage.ts'

const at = Date.UTC(2026, 4, 1)

describe('builders', () => {
  it('fill in what follows from a status', () => {
    expect(buildSummary({ createdAt: at })).toMatchObject({
      status: 'success',
      phase: 'success',
      startTime: at + 5,
      endTime: at + 25,
      durationMs: 20,
    })
    expect(buildSummary({ status: 'pending' })).toMatchObject({
      phase: 'queued',
      startTime: null,
      endTime: null,
      attemptsMade: 0,
      instance: null,
    })
    expect(buildSummary({ status: 'running' })).toMatchObject({ endTime: null, durationMs: null })
    expect(buildSummary({ status: 'failed' }).error).not.toBeNull()
  })

  it('keep all that is given', () => {
    const given = { funcName: 'x', payload: { a: 1 }, result: 2, durationMs: 7, children: ['c'] }
    expect(buildRecord(given)).toMatchObject(given)
    expect(buildLogEvent({ message: 'm', at })).toMatchObject({ message: 'm', at, level: 'info' })
    expect(buildLifecycleEvent({ step: 'accepted' })).toMatchObject({
      attempt: null,
      durationMs: null,
    })
  })

  it('have the fields of real tasks and events', async () => {
    const logs: object[] = []
    const steps: object[] = []
    const task = defineTask({ name: 'real', run: (_: void, { log }) => log('x') })
    const observer = {
      onLog: (event: object) => void logs.push(event),
      onLifecycle: (event: object) => void steps.push(event),
    }
    const tasks = testManager({ tasks: [task], observers: [observer] })
    await tasks.enqueue(task)
    const { records } = await tasks.drain()
    const fields = (value: object | undefined) => Object.keys(value ?? {}).sort()
    expect(fields(buildRecord())).toEqual(fields(records[0]))
    expect(fields(buildSummary())).toEqual(fields((await tasks.list()).tasks[0]))
    expect(fields(buildLogEvent())).toEqual(fields(logs[0]))
    expect(fields(buildLifecycleEvent())).toEqual(fields(steps[0]))
    await tasks.stop()
  })

  it('make tasks that a storage takes', async () => {
    const manager = testManager({ tasks: [defineTask({ name: 'send_email', run: () => 'sent' })] })
    const task = buildNewTask({ tags: { a: 'b' } })
    await manager.storage.insert({ tasks: [task], now: manager.clock.now() })
    expect(await manager.drain()).toMatchObject({ success: 1 })
    expect(await manager.get(task.taskId)).toMatchObject({ tags: { a: 'b' }, result: 'sent' })
    await manager.stop()
  })

  it('make settlements that count', async () => {
    const storage = memoryStorage()
    await storage.open()
    const task = buildNewTask({ runAt: at })
    await storage.insert({ tasks: [task], now: at })
    const instance = { instanceId: 'a', host: '', pid: 1, version: '', functions: [] }
    await storage.beat({ instance, beat: 0, leaseMs: 1e9, running: 0, state: 'running', now: at })
    const claim = { limit: 1, funcNames: [task.funcName] }
    const { claimed } = await storage.turn({ instanceId: 'a', settle: [], claim, now: at })
    const settle = claimed.map(({ taskId, fence }) =>
      buildSettlement({ taskId, fence, result: '"sent"' }),
    )
    const { settled } = await storage.turn({ instanceId: 'a', settle, claim: null, now: at })
    expect(settled).toEqual([{ taskId: task.taskId, result: 'settled', status: 'success' }])
    const [ended] = await storage.get({ taskIds: [task.taskId] })
    expect(ended).toMatchObject({ result: '"sent"', startTime: at, endTime: at, durationMs: 0 })
    await storage.close()
  })
})
