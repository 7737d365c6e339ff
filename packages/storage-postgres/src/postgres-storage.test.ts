import { TaskflowError, type TaskStorage } from '@taskflow/core'
import { describe, expect, it } from 'vitest'
import { postgresStorage } from './index.ts'

describe('postgresStorage', () => {
  const storage: TaskStorage = postgresStorage({ url: 'postgres://ann:secret@localhost/app' })

  it('says when it is opened that it is not there yet, and what is', async () => {
    const error = await storage.open().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TaskflowError)
    expect(error).toMatchObject({ code: 'configuration' })
    const { message } = error as Error
    expect(message).toMatch(/not in this release yet/)
    expect(message).toMatch(/sqliteStorage/)
    expect(message).toMatch(/memoryStorage/)
    expect(message).not.toMatch(/secret/)
  })

  it('claims nothing and stores nothing', async () => {
    await expect(storage.insert({ tasks: [] })).rejects.toThrow(/not in this release/)
    await expect(
      storage.turn({ instanceId: 'a', settle: [], claim: { limit: 1, funcNames: ['x'] } }),
    ).rejects.toThrow(/not in this release/)
  })

  it('has no optional part', () => {
    expect([storage.logs, storage.changes, storage.instances]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  it('closes', async () => {
    await storage.close()
    await storage.close()
  })
})
