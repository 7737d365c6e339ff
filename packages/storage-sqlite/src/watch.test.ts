import { statSync, utimesSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StorageHint } from '@taskflow/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Store } from './lib/store.ts'
import { Watch } from './lib/watch.ts'

let folder: string
let file: string
let version: number
let statements: number
let written: { mtimeMs: number; size: number } | undefined
let told: StorageHint[]
let watch: Watch

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'taskflow-'))
  file = join(folder, 'tasks.db')
  version = 1
  statements = 0
  written = undefined
  told = []
  const store = {
    get written() {
      return written
    },
    dataVersion() {
      statements += 1
      return version
    },
    sql: () => ({ pluck: () => ({ get: () => '0' }), get: () => undefined }),
  } as unknown as Store
  writeFileSync(`${file}-wal`, 'frames')
  watch = new Watch(
    file,
    () => store,
    (kinds) => told.push(...kinds),
  )
})

afterEach(async () => {
  watch.on = false
  await rm(folder, { recursive: true, force: true })
})

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Writes to the file as of an instant. */
function writeAt(at: number): void {
  writeFileSync(`${file}-wal`, 'frames')
  utimesSync(`${file}-wal`, at / 1000, at / 1000)
}

describe('the watch', () => {
  it('hears of a commit that shows long after it was written, since its flush took long', async () => {
    watch.on = true
    await sleep(50)
    writeAt(Date.now())
    await sleep(400)
    version += 1
    await vi.waitFor(() => expect(told).toContain('work'), { timeout: 2_000 })
  })

  it('hears of commits after the clock was set back', async () => {
    watch.on = true
    await sleep(50)
    version += 1
    writeAt(Date.now() - 3_600_000)
    await vi.waitFor(() => expect(told).toContain('work'), { timeout: 2_000 })
  })

  it('asks little after a write of its own, and still hears what that hid', async () => {
    watch.on = true
    await sleep(2_500)
    statements = 0
    writeAt(Date.now())
    written = statSync(`${file}-wal`)
    await sleep(1_500)
    expect(statements).toBeLessThanOrEqual(2)
    version += 1
    await vi.waitFor(() => expect(told).toContain('work'), { timeout: 2_000 })
  })

  it('asks nothing of a file that nobody writes', async () => {
    watch.on = true
    await sleep(3_000)
    statements = 0
    await sleep(500)
    expect(statements).toBe(0)
  })
})
