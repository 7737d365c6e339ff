import { expect, it, vi } from 'vitest'
import { memoryStorage } from '../../storage/memory/memory-storage.ts'
import { defineTask } from '../define-task.ts'
import { on } from '../on.ts'
import { start } from '../test-manager.ts'

const KEY = { id: 'key', secret: 'a secret of the app, long enough for a key' }
const MARKER = 'a value that nobody may read'

const first = defineTask({ name: 'first', run: ({ text }: { text: string }) => ({ text }) })

/** The last two of a chain, and what they got. */
function chain() {
  const seen: unknown[] = []
  const second = defineTask({
    name: 'second',
    run(_: void, { parents }) {
      const text = parents.of(first)[0]?.result?.text ?? ''
      seen.push(text)
      return text
    },
  })
  const third = defineTask({
    name: 'third',
    after: [on(second, (text) => ({ text }))],
    run: ({ text }: { text: string }) => void seen.push(text),
  })
  return { tasks: [first, second, third], second, seen }
}

it('results reach children and what follows, and nobody can read them on the way', async () => {
  const { tasks, second, seen } = chain()
  const storage = memoryStorage()
  const { manager } = await start(tasks, { storage, encryption: { keys: [KEY] } })
  await manager.flow((flow) => {
    flow.add(second, undefined, { after: [flow.add(first, { text: MARKER })] })
  })
  await vi.waitFor(async () => expect((await manager.metrics()).success).toBe(3))
  expect(seen).toEqual([MARKER, MARKER])
  const { tasks: all } = await storage.list({ filter: {}, limit: 10 })
  const stored = await storage.get({ taskIds: all.map(({ taskId }) => taskId) })
  expect(stored.map((task) => task?.funcName)).toEqual(['third', 'second', 'first'])
  expect(JSON.stringify(stored)).not.toContain(MARKER)
})

it('a result of another key fails the child, which says so', async () => {
  const { tasks, second, seen } = chain()
  const storage = memoryStorage()
  const { manager } = await start([first], { storage, encryption: { keys: [KEY] } })
  const parent = await manager.enqueue(first, { text: MARKER })
  await vi.waitFor(async () => expect((await manager.get(parent.taskId))?.status).toBe('success'))
  const other = await start(tasks, { storage })
  const child = await other.manager.enqueue(second, undefined, { dependsOn: [parent.taskId] })
  await vi.waitFor(async () =>
    expect(await other.manager.get(child.taskId)).toMatchObject({
      status: 'failed',
      error: 'TaskflowError: the result could not be decrypted',
    }),
  )
  expect(seen).toEqual([])
})
