import { describe, expect, it, type TestContext } from 'vitest'
import { eventually as eventuallyIn } from './support/eventually.ts'
import { end, exitOf, InstancesOf } from './support/instances.ts'
import { pooledTasks } from './support/pooled.ts'
import { sharedStorages } from './support/storages.ts'

/** A dead process on Postgres is noticed after 19 s. */
const PATIENCE = 50_000

describe.concurrent.each(sharedStorages)('%s', { timeout: 120_000 }, (_, __, choose) => {
  /** An instance with a task that runs in a child, and the child's id. */
  async function start({ expect, onTestFinished }: TestContext) {
    const instances = new InstancesOf(choose, {
      script: 'pooled.ts',
      tasksOf: () => pooledTasks,
      manager: { tasksFile: new URL('support/pooled.ts', import.meta.url) },
    })
    onTestFinished(() => instances.close())
    const { manager, tasks } = instances
    await manager.open()
    const parent = await instances.start(10, { handleSignals: true })
    const eventually = <Value>(look: () => Value | Promise<Value>) =>
      eventuallyIn(look, PATIENCE, expect)
    const { taskId } = await manager.enqueue(tasks.endless, { ledger: instances.ledger })
    await eventually(() => instances.events().map(({ event }) => event)).toEqual(['start'])
    const child = instances.events()[0]?.pid ?? 0
    expect(child).not.toBe(parent.pid)
    const outcome = async () => {
      const record = await manager.get(taskId)
      const { status, attemptsMade, crashes, attempts = [] } = record ?? {}
      return { status, attemptsMade, crashes, attempts: attempts.map(({ outcome }) => outcome) }
    }
    return { instances, parent, child, taskId, outcome, eventually }
  }

  it('a child that is killed fails the attempt at once, and the next one succeeds', async (context) => {
    const { instances, child, taskId, outcome, eventually } = await start(context)
    const killedAt = Date.now()
    process.kill(child, 'SIGKILL')
    const attempts = ['error', 'success']
    const retried = { status: 'success', attemptsMade: 2, crashes: 0, attempts }
    await eventually(outcome).toEqual(retried)
    const [failed] = (await instances.manager.get(taskId))?.attempts ?? []
    expect(failed?.error).toBe('The process was killed by SIGKILL before the task did')
    // No lease had to end.
    expect((failed?.endedAt ?? 0) - killedAt).toBeLessThan(9_000)
    expect(isAlive(child)).toBe(false)
  })

  it('a child ends with its parent that is killed, and the task runs again', async (context) => {
    const { instances, parent, child, outcome, eventually } = await start(context)
    await end(parent)
    await eventually(() => isAlive(child)).toBe(false)
    await instances.start()
    const attempts = ['crashed', 'success']
    const again = { status: 'success', attemptsMade: 1, crashes: 1, attempts }
    await eventually(outcome).toEqual(again)
  })

  it('a child that heeds nothing is ended before its task is handed over', async (context) => {
    const { instances, parent, child, outcome, eventually } = await start(context)
    await instances.start()
    parent.kill('SIGTERM')
    await eventually(() => instances.only('stopping').length).toBe(1)
    parent.kill('SIGTERM')
    await eventually(() => instances.only('start').length).toBe(2)
    expect(isAlive(child)).toBe(false)
    expect(await exitOf(parent)).toEqual({ code: 0, signal: null })
    const attempts = ['released', 'success']
    const handedOver = { status: 'success', attemptsMade: 1, crashes: 0, attempts }
    await eventually(outcome).toEqual(handedOver)
  })
})

/** The process is there and has not ended. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
