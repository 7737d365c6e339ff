import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeStorage, type StorageFixture } from '@taskflow/core/testing'
import { describe, expect, it } from 'vitest'
import { journalStorage } from './journal-storage.ts'

async function fixture(): Promise<StorageFixture & { file: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'journal-'))
  const file = join(folder, 'tasks.jsonl')
  let storage = journalStorage({ file })
  return {
    file,
    storage,
    async reopen() {
      await storage.close()
      storage = journalStorage({ file })
      return storage
    },
    async dispose() {
      await storage.close()
      await rm(folder, { recursive: true })
    },
  }
}

describeStorage(
  'journalStorage',
  { facts: ['durable', 'logs', 'changes', 'instances'], create: fixture },
  { describe, it },
)

describe('a journal', () => {
  it('forgets a last line that a crash has cut', async () => {
    const { file, storage, reopen, dispose } = await fixture()
    await storage.open()
    await storage.turn({ instanceId: 'a', settle: [], claim: null, now: 1 })
    const whole = await readFile(file, 'utf8')
    await appendFile(file, whole.slice(0, 20))
    const again = await reopen?.()
    await again?.open()
    expect(await readFile(file, 'utf8')).toBe(whole)
    await dispose()
  })
})
