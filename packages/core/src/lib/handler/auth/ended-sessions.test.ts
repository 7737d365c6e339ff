import { expect, it } from 'vitest'
import { MemorySessions } from '../../storage/memory/sessions.ts'
import { EndedSessions } from './ended-sessions.ts'

const user = { id: 'ann', name: 'Ann' }
const session = { id: 'one', user, expiresAt: 9_000, holds: async () => true }

it('a look that was under way does not bring an ended session back', async () => {
  const sessions = new MemorySessions(() => 1_000)
  const { ended } = sessions
  const answers: (() => void)[] = []
  sessions.ended = async (input) => {
    const answer = await ended.call(sessions, input)
    await new Promise<void>((resolve) => answers.push(resolve))
    return answer
  }
  const known = new EndedSessions(async () => sessions)
  const look = known.has(session, 1_000)
  await new Promise(setImmediate)
  await known.end(session)
  answers[0]?.()
  expect(await look).toBe(true)
  expect(await known.has(session, 1_001)).toBe(true)
})

it('many who come at once are two questions to the storage', async () => {
  const sessions = new MemorySessions(() => 1_000)
  await sessions.end({ sessionId: '7', expiresAt: 9_000 })
  const { ended } = sessions
  const asked: string[][] = []
  sessions.ended = async (input) => {
    asked.push(input.sessionIds)
    await new Promise(setImmediate)
    return ended.call(sessions, input)
  }
  const known = new EndedSessions(async () => sessions)
  const first = known.has({ ...session, id: '0' }, 1_000)
  await new Promise<void>((resolve) => queueMicrotask(resolve))
  const others = Array.from({ length: 9 }, (_, n) =>
    known.has({ ...session, id: `${n + 1}` }, 1_000),
  )
  expect(await first).toBe(false)
  expect(await Promise.all(others)).toEqual(others.map((_, n) => n + 1 === 7))
  expect(asked.length).toBeLessThanOrEqual(2)
  expect(asked.flat()).toHaveLength(10)
})
