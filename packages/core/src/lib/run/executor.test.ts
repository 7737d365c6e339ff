import { describe, expect, it } from 'vitest'
import { TaskflowError } from '../errors.ts'
import { defineTask } from './define-task.ts'
import { asyncExecutor, type TaskExecutor } from './executor.ts'
import { start } from './test-manager.ts'

const task = defineTask<{ size: number }, number>({
  name: 'measure',
  executor: 'own',
  run: ({ size }) => size,
})

describe('an executor of your own', () => {
  it('runs the tasks that name it', async () => {
    const ran: unknown[] = []
    const own: TaskExecutor = {
      name: 'own',
      async execute(attempt) {
        ran.push(attempt.payload)
        attempt.write('stdout', 'a line')
        attempt.write('stderr', 'a complaint')
        attempt.dropped(3)
        return (await asyncExecutor.execute(attempt)) === 5 ? 'five' : 'another'
      },
    }
    const { manager } = await start([task], { executors: [own] })
    const done = ended(manager)
    const { taskId } = await manager.enqueue(task, { size: 5 })
    await done
    expect(ran).toEqual([{ size: 5 }])
    expect(await manager.get(taskId)).toMatchObject({ status: 'success', result: 'five' })
    const { entries } = await manager.logs({ taskId })
    expect(entries.map(({ stream, level, text }) => [stream, level, text])).toEqual([
      ['stdout', 'info', 'a line'],
      ['stderr', 'error', 'a complaint'],
      ['log', 'warn', '… 3 more lines were not kept: the log is full'],
    ])
  })

  it('may refuse payloads before they are stored', async () => {
    const own: TaskExecutor = {
      ...asyncExecutor,
      name: 'own',
      validate({ name }, payload) {
        const { size } = Object(payload)
        if (size > 9) throw new RangeError(`${name} takes sizes up to 9`)
        if (size < 0) throw new TaskflowError('invalid_payload', 'as it says itself')
      },
    }
    const { manager } = await start([task], { executors: [own] })
    await expect(manager.enqueue(task, { size: 10 })).rejects.toMatchObject({
      code: 'invalid_payload',
      message:
        'measure: the executor own refused the payload: RangeError: measure takes sizes up to 9',
    })
    const items = [{ payload: { size: 1 } }, { payload: { size: -1 } }]
    await expect(manager.enqueueMany(task, items)).rejects.toMatchObject({
      code: 'invalid_payload',
      message: 'as it says itself',
    })
    expect((await manager.list()).tasks).toEqual([])
  })

  it('is closed before its tasks are handed back', async () => {
    let end = (_: Error) => {}
    const own: TaskExecutor = {
      name: 'own',
      execute: () =>
        new Promise((_, reject) => {
          end = reject
        }),
      async close() {
        // Nobody else may start it before it has ended here.
        expect(await status()).toBe('running')
        end(new Error('ended with the executor'))
        closed = true
      },
    }
    let closed = false
    const { manager } = await start([task], { executors: [own] })
    const { storage } = manager
    const started = ended(manager, 'started')
    const { taskId } = await manager.enqueue(task, { size: 5 })
    const status = async () => (await storage.get({ taskIds: [taskId] }))[0]?.status
    await started
    await manager.stop({ graceMs: 0, abortMs: 0 })
    expect(closed).toBe(true)
    expect(await status()).toBe('interrupted')
  })
})

function ended(
  manager: { subscribe(listener: (event: { step: string }) => void): unknown },
  last = 'success',
): Promise<void> {
  return new Promise((resolve) => {
    manager.subscribe(({ step }) => step === last && resolve())
  })
}
