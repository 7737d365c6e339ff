import { expect, it } from 'vitest'
import { defineTask } from '../run/define-task.ts'
import { start } from '../run/test-manager.ts'
import { memoryObserver } from './memory-observer.ts'

const talk = defineTask({
  name: 'talk',
  run(count: number, { log }) {
    for (let n = 1; n <= count; n++) log(`line ${n}`)
  },
})

it('keeps events of both kinds in order, each kind on its own too, until it is cleared', async () => {
  const observer = memoryObserver()
  const { manager, clock } = await start([talk], { observers: [observer] })
  await manager.enqueue(talk, 1)
  await clock.advance(0)
  expect(observer.events).toMatchObject([
    { step: 'accepted' },
    { step: 'started' },
    { message: 'line 1' },
    { step: 'success' },
  ])
  expect(observer.logs.map(({ message }) => message)).toEqual(['line 1'])
  expect(observer.steps.map(({ step }) => step)).toEqual(['accepted', 'started', 'success'])
  observer.clear()
  expect(observer.events).toEqual([])
})

it('keeps only the newest', async () => {
  const observer = memoryObserver({ limit: 3 })
  const { manager, clock } = await start([talk], { observers: [observer] })
  await manager.enqueue(talk, 9)
  await clock.advance(0)
  expect(observer.events).toMatchObject([
    { message: 'line 8' },
    { message: 'line 9' },
    { step: 'success' },
  ])
})

it.each([0, 1.5, Number.NaN, '9' as unknown as number])('refuses a limit of %s', (limit) => {
  expect(() => memoryObserver({ limit })).toThrow('memoryObserver: limit: expected a whole number')
})
