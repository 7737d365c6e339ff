import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { eventually } from './support/eventually.ts'
import { Instances } from './support/instances.ts'

const HOLD_MS = 30_000

it('a task of a request is not lost when the process dies before the response', async () => {
  const instances = new Instances((folder) => ({ kind: 'sqlite', file: join(folder, 'tasks.db') }))
  const { manager, folder, ledger } = instances
  const storage = { kind: 'sqlite', file: join(folder, 'tasks.db') }
  const options = JSON.stringify({ storage, ledger })
  const server = fork(new URL('support/held-request.ts', import.meta.url), [options])
  try {
    const [{ port }] = await once(server, 'message')
    const asked = fetch(`http://127.0.0.1:${port}`).catch((error: unknown) => error)
    const [{ taskId }] = await once(server, 'message')
    server.kill('SIGKILL')
    expect(await asked).toBeInstanceOf(Error)

    // It was stored before the response, is held, and would start by itself when the hold is over.
    const held = await manager.get(taskId)
    expect(held).toMatchObject({ status: 'pending', phase: 'scheduled', attemptsMade: 0 })
    expect((held?.runAt ?? 0) - (held?.createdAt ?? 0)).toBe(HOLD_MS)
    expect(instances.events()).toEqual([])

    // Nobody has to wait for that.
    await instances.start()
    await manager.runNow(taskId)
    await eventually(async () => (await manager.get(taskId))?.status).toBe('success')
    expect(instances.events().map((event) => [event.event, event.taskId])).toEqual([
      ['start', taskId],
      ['end', taskId],
    ])
  } finally {
    server.kill('SIGKILL')
    await instances.close()
  }
})
