import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest'
import { postgresStorage } from './index.ts'
import { Listening } from './lib/listening.ts'
import { checkOptions } from './lib/options.ts'
import { Store } from './lib/store.ts'
import { createDatabase, type TestDatabase } from './lib/testing.ts'
import { beatOf } from './lib/testing-tasks.ts'
import { beat } from './lib/verbs/instances.ts'

let database: TestDatabase
let store: Store

beforeAll(async () => {
  database = await createDatabase(inject('postgresUrl'))
  const storage = postgresStorage({ url: database.url, max: 1 })
  await storage.open()
  await storage.close()
  store = new Store(checkOptions({ url: database.url, max: 1 }), 'epoch')
})

afterAll(async () => {
  await store.close()
  await database.drop()
})

it('says what a connection that listens wants to hear, and nothing else', async () => {
  const heard: string[] = []
  const { unlisten } = await database.sql.listen('test', (text) => heard.push(text))
  await beat(store, beatOf('a', 0), null)
  await beat(store, beatOf('a', 1), { channel: 'test', text: '=me' })
  await beat(store, beatOf('a', 2), null)
  await database.sql.notify('test', 'end')
  await vi.waitFor(() => expect(heard).toEqual(['=me', 'end']), { timeout: 20_000 })
  await unlisten()
})

it('has nothing to say to a connection that has just heard something', async () => {
  const listening = new Listening(checkOptions({ url: database.url, max: 1 }), 'epoch')
  expect(listening.echo()).toBe(null)
  const remove = await listening.add({ hint: () => {}, up: () => {} })
  expect(listening.echo()).toBe(null)
  await remove()
})
