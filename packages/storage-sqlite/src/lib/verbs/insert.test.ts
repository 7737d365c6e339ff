import { expect, it, onTestFinished } from 'vitest'
import { InstanceLocks } from '../locks.ts'
import { packInsert } from '../pack.ts'
import { Store } from '../store.ts'
import { createFixture, newTask } from '../testing.ts'
import { insert } from './insert.ts'

function open(file: string): Store {
  const options = { file, synchronous: 'normal', tablePrefix: 'taskflow_' } as const
  const store = new Store(options, new InstanceLocks(null))
  onTestFinished(() => store.close())
  return store
}

function put(store: Store, ids: string[]) {
  const tasks = ids.map((id) => newTask(id))
  return store.write(() => insert(store, packInsert({ tasks }), 1))
}

const numbersOf = (store: Store) =>
  store.client.prepare('select id, seq from taskflow_ids order by seq').raw().all()

it('numbers are given out in the order of inserts and never twice, whoever inserts', async () => {
  const fixture = await createFixture()
  onTestFinished(() => fixture.dispose())
  const one = open(fixture.file)
  const other = open(fixture.file)
  put(one, ['a', 'b'])
  put(other, ['c'])
  put(one, ['d', 'e', 'f'])
  put(other, ['g', 'h'])
  put(one, ['i'])
  const ids = [...'abcdefghi']
  expect(numbersOf(one)).toEqual(ids.map((id, n) => [id, n + 1]))
  const live = one.client.prepare('select id, seq from taskflow_live order by seq').raw().all()
  expect(live).toEqual(numbersOf(one))
})

it('a batch that failed leaves no number behind that is taken for given', () => {
  const store = open(':memory:')
  put(store, ['a'])
  expect(() =>
    store.write(() => {
      insert(store, packInsert({ tasks: [newTask('b'), newTask('c')] }), 1)
      throw new Error('no')
    }),
  ).toThrow('no')
  put(store, ['b'])
  expect(numbersOf(store)).toEqual([
    ['a', 1],
    ['b', 2],
  ])
})

it('tasks that are there already are told in the order in which they came, numbers as ids too', () => {
  const store = open(':memory:')
  const ids = ['10', '9', '__proto__', 'a']
  expect(put(store, ids)).toBe(null)
  expect(put(store, ids)).toEqual(ids.map((taskId) => ({ taskId, duplicate: true })))
  expect(put(store, ['11', '9', 'b'])).toEqual([
    { taskId: '11', duplicate: false },
    { taskId: '9', duplicate: true },
    { taskId: 'b', duplicate: false },
  ])
  expect(numbersOf(store).map((row) => (row as string[])[0])).toEqual([...ids, '11', 'b'])
})
