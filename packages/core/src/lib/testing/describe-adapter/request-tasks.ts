import assert from 'node:assert/strict'
import type { TaskManager } from '../../../index.ts'
import { eagerProbe, eventually, gate, probe, serving, succeeded } from './fixture.ts'
import type { AdapterHarness, AdapterTestRunner } from './harness.ts'

/** The tasks that belong to a request: stored at once, started when its response has ended. */
export function describeRequestTasks(harness: AdapterHarness, { describe, it }: AdapterTestRunner) {
  describe('tasks of a request', () => {
    it('are stored before the response and start after it', () => {
      let taskId = ''
      return serving(
        harness,
        {
          app: async ({ tasks }, { manager }) => {
            taskId = (await tasks.enqueue(probe, { note: 'held' })).taskId
            await assertHeld(manager, taskId)
            return { status: 202, text: taskId }
          },
        },
        async ({ url, manager }) => {
          assert.equal(await (await fetch(`${url}/orders`)).text(), taskId)
          await succeeded(manager, taskId)
        },
      )
    })

    it('start at once when they are eager', () =>
      serving(
        harness,
        {
          app: async ({ tasks }, { manager }) => {
            const { taskId } = await tasks.enqueue(eagerProbe, { note: 'eager' })
            await succeeded(manager, taskId)
            return { status: 200, text: 'it ran before the response' }
          },
        },
        async ({ url }) => assert.equal((await fetch(`${url}/orders`)).status, 200),
      ))

    it('start at once when that is asked for as they are enqueued, and the others do not', () => {
      let taskId = ''
      return serving(
        harness,
        {
          app: async ({ tasks }, { manager }) => {
            taskId = (await tasks.enqueue(probe, { note: 'held' })).taskId
            const eager = await tasks.enqueue(probe, { note: 'eager' }, { eager: true })
            await succeeded(manager, eager.taskId)
            const waits = await tasks.enqueue(eagerProbe, { note: 'not eager' }, { eager: false })
            await assertHeld(manager, taskId)
            await assertHeld(manager, waits.taskId)
            return { status: 200, text: 'one ran before the response' }
          },
        },
        async ({ url, manager }) => {
          assert.equal((await fetch(`${url}/orders`)).status, 200)
          await succeeded(manager, taskId)
        },
      )
    })

    it('start after a response that tells of a failure', () => {
      let taskId = ''
      return serving(
        harness,
        {
          app: async ({ tasks }, { manager }) => {
            taskId = (await tasks.enqueue(probe, { note: 'refused' })).taskId
            await assertHeld(manager, taskId)
            return { status: 500, text: 'no' }
          },
        },
        async ({ url, manager }) => {
          const response = await fetch(`${url}/orders`)
          assert.equal(response.status, 500)
          await response.text()
          await succeeded(manager, taskId)
        },
      )
    })

    it('start although the app failed after enqueueing them', () => {
      let taskId = ''
      return serving(
        harness,
        {
          app: async ({ tasks }) => {
            taskId = (await tasks.enqueue(probe, { note: 'failed' })).taskId
            throw new Error('the app broke')
          },
        },
        async ({ url, manager }) => {
          const response = await fetch(`${url}/orders`)
          assert.equal(response.status, 500)
          await response.text()
          await succeeded(manager, taskId)
        },
      )
    })

    it('start when the client leaves before the response', () => {
      let taskId = ''
      const end = gate()
      return serving(
        harness,
        {
          app: async ({ tasks }) => {
            taskId = (await tasks.enqueue(probe, { note: 'left' })).taskId
            await end.opened
            return { status: 200, text: 'nobody is left to read this' }
          },
        },
        async ({ url, manager }) => {
          try {
            const leave = new AbortController()
            const asked = fetch(`${url}/orders`, { signal: leave.signal })
            await eventually('the task is stored', () => taskId !== '')
            leave.abort()
            await assert.rejects(asked)
            await succeeded(manager, taskId)
          } finally {
            end.open()
          }
        },
      )
    })

    it("do not start with another request's response", () => {
      const held: Record<string, string> = {}
      const end = gate()
      return serving(
        harness,
        {
          app: async ({ path, tasks }) => {
            held[path] = (await tasks.enqueue(probe, { note: path })).taskId
            if (path === '/slow') await end.opened
            return { status: 200, text: path }
          },
        },
        async ({ url, manager }) => {
          const slow = fetch(`${url}/slow`)
          // Only awaited further down: a failure before must not be drowned by a second one.
          slow.catch(() => undefined)
          try {
            const slowId = await eventually('the slow request is under way', () => held['/slow'])
            await (await fetch(`${url}/fast`)).text()
            await succeeded(manager, await eventually('the fast one was', () => held['/fast']))
            await assertHeld(manager, slowId)
            end.open()
            await (await slow).text()
            await succeeded(manager, slowId)
          } finally {
            end.open()
          }
        },
      )
    })
  })
}

/** The task is stored and does not start although a later one, which nothing holds, did and ended. */
async function assertHeld(manager: TaskManager, taskId: string): Promise<void> {
  const later = await manager.enqueue(probe, { note: 'later' })
  await succeeded(manager, later.taskId)
  const task = await manager.get(taskId)
  assert.equal(task?.status, 'pending')
  assert.equal(task?.attemptsMade, 0)
}
