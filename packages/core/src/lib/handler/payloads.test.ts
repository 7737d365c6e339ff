import { afterEach, describe, expect, it } from 'vitest'
import { defineTask } from '../run/define-task.ts'
import { MASK } from '../run/secrets.ts'
import { memoryStorage } from '../storage/memory/memory-storage.ts'
import { StreamReader } from './stream/test-stream-reader.ts'
import { broken, testApp } from './test-app.ts'

const PASSWORD = 'correct horse'
const seen: unknown[] = []
const login = defineTask({
  name: 'login',
  secret: ['password', 'cards.*.number'],
  run(payload: { user: string; password: string; cards?: { number: number }[] }, { log }) {
    seen.push(payload)
    log(`with ${payload.password}`)
    if (payload.user === 'ada') throw new Error(`refused ${payload.password}`)
    return 'welcome'
  },
})
const encryption = { keys: [{ id: 'key', secret: 'a secret of the app that is long enough' }] }

let stop: (() => Promise<unknown>) | undefined
afterEach(async () => {
  seen.length = 0
  await stop?.()
})

async function app(managerOptions: object = {}, handlerOptions: object = {}) {
  const all = await testApp(
    { exposePayloads: true, ...handlerOptions },
    { tasks: [login], ...managerOptions },
  )
  stop = all.stop
  const payload = { user: 'ada', password: PASSWORD, cards: [{ number: 4111111111111111 }] }
  const { taskId } = await all.manager.enqueue(login, payload)
  await all.until(taskId, 'failed')
  return { ...all, taskId, payload }
}

describe('payloads with secrets', () => {
  it('are shown with masks, and the secret is in no other answer', async () => {
    const { json, call, taskId } = await app()
    const { body } = await json('GET', `/${taskId}`)
    expect(body.payload).toEqual({ user: 'ada', password: MASK, cards: [{ number: MASK }] })
    const answers = [
      JSON.stringify(body),
      JSON.stringify((await json('GET', '/?logs=200')).body),
      await (await call('GET', `/${taskId}/logs?format=text`)).text(),
    ]
    for (const answer of answers) {
      expect(answer).toContain(MASK)
      expect(answer).not.toContain(PASSWORD)
    }
  })

  it('are in lists, in the stream and in what actions answer, unless they are long', async () => {
    const { json, call, manager, taskId } = await app()
    const payload = { user: 'ada', password: MASK, cards: [{ number: MASK }] }
    expect((await json('GET')).body).toMatchObject([{ task_id: taskId, payload }])
    const stream = new StreamReader(await call('GET', '/dashboard/stream?deltas=1&logs=0'))
    expect((await stream.next('state'))?.data).toMatchObject({ tasks: [{ payload }] })
    const retried = await json('POST', `/${taskId}/retry`)
    expect(retried.body.task).toMatchObject({ payload })
    expect((await stream.next('task'))?.data).toMatchObject({ payload })
    await stream.close()
    const long = await manager.enqueue(login, { user: 'x'.repeat(2_000), password: PASSWORD })
    const { body } = await json('GET', '?limit=1')
    expect(body[0].task_id).toBe(long.taskId)
    expect(body[0]).not.toHaveProperty('payload')
    expect((await json('GET', `/${long.taskId}`)).body.payload.user).toHaveLength(2_000)
  })

  it('are in none of them unless they are exposed, which each record says', async () => {
    const { json, call, taskId } = await app({}, { exposePayloads: false })
    const hidden = { task_id: taskId, payload_hidden: 'disabled' }
    const stream = new StreamReader(await call('GET', '/dashboard/stream?deltas=1&logs=0'))
    const state = await stream.next('state')
    await stream.close()
    const { tasks: streamed } = (state?.data ?? {}) as { tasks?: unknown }
    for (const tasks of [(await json('GET')).body, streamed]) {
      expect(tasks).toMatchObject([hidden])
      expect(tasks).not.toHaveProperty('0.payload')
    }
  })

  it('keep their secrets in a retry that was edited around the masks', async () => {
    const { json, until, taskId, payload } = await app()
    const { body } = await json('GET', `/${taskId}`)
    const edited = { payload: { ...body.payload, user: 'bob' } }
    const retry = await json('POST', `/${taskId}/retry`, edited)
    await until(retry.body.task_id, 'success')
    expect(seen).toEqual([payload, { ...payload, user: 'bob' }])
    expect((await json('POST', `/${taskId}/retry`, edited)).body.duplicate).toBe(true)
  })

  it('refuse a mask for which there is no secret', async () => {
    const { json, taskId } = await app()
    const payload = { user: 'bob', password: MASK, cards: [{ number: MASK }, { number: MASK }] }
    const { status, body } = await json('POST', `/${taskId}/retry`, { payload })
    expect([status, body.code]).toEqual([422, 'invalid_payload'])
  })

  it('are not shown where the task is not registered: its secrets are not known', async () => {
    const storage = memoryStorage()
    const { taskId } = await app({ storage })
    const elsewhere = await testApp({ exposePayloads: true }, { storage, tasks: [] })
    const { body } = await elsewhere.json('GET', `/${taskId}`)
    await elsewhere.stop()
    expect(body.payload_hidden).toBe('unregistered')
    expect(JSON.stringify(body)).not.toContain(PASSWORD)
  })
})

describe('encrypted payloads', () => {
  it('are never shown, nor are results', async () => {
    const { json, call, taskId, until } = await app({ encryption })
    const { body } = await json('GET', `/${taskId}`)
    expect(body.payload_hidden).toBe('encrypted')
    expect(body).not.toHaveProperty('payload')
    const retry = await json('POST', `/${taskId}/retry`, { payload: { user: 'bob', password: '' } })
    await until(retry.body.task_id, 'success')
    const succeeded = await (await call('GET', `/${retry.body.task_id}`)).text()
    expect(JSON.parse(succeeded)).toMatchObject({ status: 'success', payload_hidden: 'encrypted' })
    expect(succeeded).not.toMatch(/welcome|\$encrypted/)
  })

  it('say that payloads are off where they are, encrypted or not', async () => {
    const { json, taskId } = await app({ encryption }, { exposePayloads: false })
    expect((await json('GET', `/${taskId}`)).body.payload_hidden).toBe('disabled')
  })

  it('are replayed with another payload, which keeps what is masked', async () => {
    const { json, until, taskId, payload } = await app({ encryption })
    const edited = { ...payload, user: 'bob', password: MASK }
    const retry = await json('POST', `/${taskId}/retry`, { payload: edited })
    await until(retry.body.task_id, 'success')
    expect(seen[1]).toEqual({ ...payload, user: 'bob' })
  })

  it('are not searched', async () => {
    const { json } = await app({ encryption })
    expect((await json('GET', '/?search=ada')).body).toEqual([])
    expect((await json('GET', '/?search=encrypted')).body).toEqual([])
    expect((await json('GET', '/?search=login')).body).toHaveLength(1)
  })

  it('that cannot be decrypted are refused for a retry', async () => {
    const storage = memoryStorage()
    const { taskId } = await app({ storage, encryption })
    const elsewhere = await testApp({}, { storage, tasks: [login] })
    const { status, body } = await elsewhere.json('POST', `/${taskId}/retry`)
    await elsewhere.stop()
    expect([status, body.detail]).toEqual([422, 'the payload could not be decrypted'])
  })
})

describe('a number in a payload that JSON cannot hold', () => {
  it.each(['{"n":1e309}', '[{"deep":[-1e999]}]'])(
    '%s is refused, not stored as null',
    async (payload) => {
      const app = await testApp()
      const run = await app.json('POST', '', `{"func_name":"quick","payload":${payload}}`)
      expect(run).toMatchObject({ status: 422, body: { code: 'invalid_payload' } })
      expect(run.body.detail).toContain('expected finite numbers')
      const { taskId } = await app.manager.enqueue(broken)
      await app.until(taskId, 'failed')
      const retry = await app.json('POST', `/${taskId}/retry`, `{"payload":${payload}}`)
      expect(retry).toMatchObject({ status: 422, body: { code: 'invalid_payload' } })
      expect((await app.manager.list()).total).toBe(1)
      await app.stop()
    },
  )
})
