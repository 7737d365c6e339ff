import { expect, it } from 'vitest'
import { MemorySessions } from '../../storage/memory/sessions.ts'
import { EndedSessions } from './ended-sessions.ts'

const session = { id: 'one', user: { id: 'ann', name: 'Ann' }, expiresAt: 9_000 }

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
