import { describe, expect, it, vi } from 'vitest'
import type { NewTask } from '../../storage/contract.ts'
import { memoryStorage } from '../../storage/memory/memory-storage.ts'
import { defineTask } from '../define-task.ts'
import { start } from '../test-manager.ts'
import { Encryption, payloadBinding } from './encryption.ts'
import { keyIdOf } from './envelope.ts'

const OLD = { id: 'old', secret: 'an old secret of the app, long enough' }
const NEW = { id: 'new', secret: 'the secret that follows, as long as it' }
const MARKER = 'a value that nobody may read'
const UNREADABLE = 'TaskflowError: the payload could not be decrypted'

/** Returns what it gets, or throws without naming it. */
function recorder(name = 'recorder') {
  const seen: unknown[] = []
  const state = { fails: false }
  const task = defineTask({
    name,
    run(payload: { text: string } | undefined) {
      seen.push(payload)
      if (state.fails) throw new Error('it failed')
      return { echo: payload }
    },
  })
  return { task, seen, state }
}

/** A manager whose storage shows what it is given, and gets it changed. */
async function encrypted(keys = [OLD], storage = memoryStorage()) {
  const { task, seen, state } = recorder()
  const encryption = keys.length > 0 ? { encryption: { keys } } : {}
  const app = await start([task, recorder('other').task], { storage, ...encryption })
  const stored = async (taskId: string) => {
    const [row] = await storage.get({ taskIds: [taskId] })
    if (!row) throw new Error('no such task')
    return row
  }
  /** Enqueues a task whose row somebody changes before it starts. */
  const changed = async (change: Partial<NewTask>, payload = { text: MARKER }) => {
    const insert = storage.insert.bind(storage)
    const spy = vi.spyOn(storage, 'insert').mockImplementationOnce((input) => {
      return insert({ tasks: input.tasks.map((row) => ({ ...row, ...change })) })
    })
    const { taskId } = await app.manager.enqueue(task, payload)
    spy.mockRestore()
    await app.clock.advance(0)
    return taskId
  }
  const run = async (payload?: { text: string }) => {
    const { taskId } = await app.manager.enqueue(task as never, payload as never)
    await vi.waitFor(async () => expect((await stored(taskId)).endTime).not.toBe(null))
    return taskId
  }
  const ended = (taskId: string) =>
    vi.waitFor(async () => {
      const record = await app.manager.get(taskId)
      expect(record?.endTime).not.toBe(null)
      return record
    })
  return { ...app, task, seen, state, storage, stored, changed, run, ended }
}

describe('a task whose payload is encrypted', () => {
  it('gets it decrypted, and gives a result that is encrypted', async () => {
    const { run, stored, seen, manager } = await encrypted()
    const taskId = await run({ text: MARKER })
    expect(seen).toEqual([{ text: MARKER }])
    const { payload, result } = await stored(taskId)
    expect(payload + result).not.toContain(MARKER)
    const row = await manager.get(taskId)
    expect(row).toMatchObject({ status: 'success', payload: undefined, result: undefined })
    expect(row).toMatchObject({ encryptedPayload: payload, encryptedResult: result })
    const reader = new Encryption({ keys: [OLD] })
    const binding = { field: 'result', funcName: 'recorder', id: taskId } as const
    expect(await reader.open(result ?? '', binding)).toBe(`{"echo":{"text":"${MARKER}"}}`)
  })

  it('gets undefined when it was enqueued without a payload', async () => {
    const { run, seen } = await encrypted()
    await run()
    expect(seen).toEqual([null])
  })

  it('is not found by what it holds', async () => {
    const { run, manager } = await encrypted()
    await run({ text: MARKER })
    expect((await manager.list({ filter: { search: MARKER } })).total).toBe(0)
    expect((await manager.list({ filter: { search: 'recorder' } })).total).toBe(1)
  })

  it('can be enqueued before there was a key, and runs all the same', async () => {
    const storage = memoryStorage()
    const before = await encrypted([], storage)
    const { taskId } = await before.manager.enqueue(
      before.task,
      { text: MARKER },
      { delayMs: 1000 },
    )
    await before.manager.stop()
    const after = await encrypted([OLD], storage)
    await after.manager.runNow(taskId)
    expect(await after.ended(taskId)).toMatchObject({
      status: 'success',
      payload: { text: MARKER },
      encryptedPayload: null,
      result: undefined,
    })
  })
})

describe('a row that somebody changed', () => {
  const cases: [string, (app: Awaited<ReturnType<typeof encrypted>>) => Promise<string>][] = [
    [
      'the payload of another task',
      async ({ run, stored, changed }) => {
        const { payload } = await stored(await run({ text: 'other' }))
        return changed({ payload })
      },
    ],
    [
      'the result of another task',
      async ({ run, stored, changed }) => {
        const { result } = await stored(await run({ text: 'other' }))
        return changed({ payload: result ?? '' })
      },
    ],
    ['another function', ({ changed }) => changed({ funcName: 'other' })],
    ['another id', ({ changed }) => changed({ retryOf: crypto.randomUUID() })],
    [
      'a key that nobody has',
      async ({ changed }) => {
        const taskId = crypto.randomUUID()
        const binding = payloadBinding({ taskId, funcName: 'recorder' })
        const payload = await new Encryption({ keys: [NEW] }).seal('{}', binding)
        await changed({ payload, taskId })
        return taskId
      },
    ],
  ]

  it.each(cases)('with %s fails, and the next one runs', async (_, make) => {
    const app = await encrypted()
    const taskId = await make(app)
    const started = app.seen.length
    expect(await app.ended(taskId)).toMatchObject({ status: 'failed', error: UNREADABLE })
    expect(app.seen).toHaveLength(started)
    await app.run({ text: 'next' })
    expect(app.seen.at(-1)).toEqual({ text: 'next' })
    expect(app.errors).toEqual([])
  })

  it('fails wherever a byte of its payload is another', async () => {
    const app = await encrypted()
    const taskId = crypto.randomUUID()
    const binding = payloadBinding({ taskId, funcName: 'recorder' })
    const whole = await new Encryption({ keys: [OLD] }).seal('1', binding)
    for (let at = 0; at < whole.length; at++) {
      const flipped = String.fromCharCode(whole.charCodeAt(at) ^ 1)
      const payload = whole.slice(0, at) + flipped + whole.slice(at + 1)
      const id = `${taskId.slice(0, -3)}${at.toString(16).padStart(3, '0')}`
      await app.changed({ taskId: id, payload })
      expect(await app.ended(id)).toMatchObject({ status: 'failed', error: UNREADABLE })
    }
    expect(app.seen).toEqual([])
  })

  it('fails without a key too, and is not retried', async () => {
    const storage = memoryStorage()
    const writer = await encrypted([OLD], storage)
    const { taskId } = await writer.manager.enqueue(
      writer.task,
      { text: MARKER },
      { delayMs: 1000 },
    )
    await writer.manager.stop()
    const app = await encrypted([], storage)
    await app.manager.runNow(taskId)
    expect(await app.ended(taskId)).toMatchObject({ status: 'failed', error: UNREADABLE })
    await expect(app.manager.retry(taskId)).rejects.toMatchObject({ code: 'invalid_payload' })
    expect(app.seen).toEqual([])
  })
})

describe('a retry of an encrypted task', () => {
  async function failed(keys = [OLD]) {
    const app = await encrypted(keys)
    app.state.fails = true
    const taskId = await app.run({ text: MARKER })
    app.state.fails = false
    return { ...app, taskId }
  }

  it('runs with the same payload, and can itself be retried', async () => {
    const { manager, taskId, state, ended, seen, stored } = await failed()
    state.fails = true
    const first = await manager.retry(taskId)
    expect(await ended(first.taskId)).toMatchObject({ status: 'failed', retryOf: taskId })
    state.fails = false
    const second = await manager.retry(first.taskId)
    expect(await ended(second.taskId)).toMatchObject({ status: 'success' })
    expect(seen).toEqual([{ text: MARKER }, { text: MARKER }, { text: MARKER }])
    expect((await stored(second.taskId)).payload).not.toContain(MARKER)
  })

  it('is one, however often it is asked for at once, and after that', async () => {
    const { manager, taskId, ended } = await failed()
    const refs = await Promise.all(Array.from({ length: 20 }, () => manager.retry(taskId)))
    expect(new Set(refs.map((ref) => ref.taskId)).size).toBe(1)
    expect(refs.filter(({ duplicate }) => duplicate)).toHaveLength(19)
    await ended(refs[0]?.taskId ?? '')
    expect((await manager.retry(taskId)).duplicate).toBe(true)
    expect((await manager.list()).total).toBe(2)
  })

  it('is one though the keys rotate in between', async () => {
    const { manager, taskId, storage, stored } = await failed()
    const before = await manager.retry(taskId)
    await manager.stop()
    const rotated = await encrypted([NEW, OLD], storage)
    expect(await rotated.manager.retry(taskId)).toEqual({ ...before, duplicate: true })
    expect(keyIdOf((await stored(await rotated.run({ text: 'new' }))).payload)).toBe('new')
  })

  it('takes another payload, once', async () => {
    const { manager, taskId, ended, seen, stored } = await failed()
    const payload = { text: 'edited' }
    const refs = await Promise.all([
      manager.retry(taskId, { payload }),
      manager.retry(taskId, { payload }),
      manager.retry(taskId),
    ])
    await Promise.all(refs.map((ref) => ended(ref.taskId)))
    // Which of the two comes first is up to the threads that encrypt.
    expect(refs.map((ref) => ref.duplicate).toSorted()).toEqual([false, false, true])
    expect(refs[0]?.taskId).toBe(refs[1]?.taskId)
    expect(refs[2]).toMatchObject({ duplicate: false })
    expect(seen.slice(1)).toHaveLength(2)
    expect(seen.slice(1)).toEqual(expect.arrayContaining([payload, { text: MARKER }]))
    expect((await stored(refs[0]?.taskId ?? '')).payload).not.toContain('edited')
  })
})

describe('values that look encrypted', () => {
  it('are refused as payloads, with and without keys', async () => {
    for (const keys of [[OLD], []]) {
      const { manager, task } = await encrypted(keys)
      const $encrypted = { v: 1, kid: 'old', iv: '', data: '' }
      await expect(manager.enqueue(task, { $encrypted } as never)).rejects.toMatchObject({
        code: 'invalid_payload',
      })
      expect((await manager.list()).total).toBe(0)
    }
  })

  it('are not kept as results', async () => {
    const task = defineTask({
      name: 'hostile',
      run: () => ({ $encrypted: { v: 1, kid: 'old', iv: '', data: '' } }),
    })
    const { manager } = await start([task])
    const { taskId } = await manager.enqueue(task)
    await vi.waitFor(async () => {
      expect(await manager.get(taskId)).toMatchObject({ status: 'success', result: null })
    })
    expect((await manager.get(taskId))?.logTail[0]?.text).toContain('The result was not kept')
  })
})
