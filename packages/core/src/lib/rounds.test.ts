import { expect, it } from 'vitest'
import { Rounds } from './rounds.ts'

const settle = () => new Promise(setImmediate)

function questions() {
  const open: { resolve(answer: string): void; reject(error: Error): void }[] = []
  const rounds = new Rounds(
    () => new Promise<string>((resolve, reject) => open.push({ resolve, reject })),
  )
  return { open, rounds }
}

it('asks once for all who wait, and again for those who came meanwhile', async () => {
  const { open, rounds } = questions()
  const first = [rounds.ask(), rounds.ask()]
  await settle()
  const second = [rounds.ask(), rounds.ask(), rounds.ask()]
  await settle()
  expect(open).toHaveLength(1)
  open[0]?.resolve('one')
  await settle()
  expect(open).toHaveLength(2)
  open[1]?.resolve('two')
  expect(await Promise.all([...first, ...second])).toEqual(['one', 'one', 'two', 'two', 'two'])
})

it('goes on after a question that failed', async () => {
  const { open, rounds } = questions()
  const first = rounds.ask()
  await settle()
  const second = rounds.ask()
  open[0]?.reject(new Error('down'))
  await expect(first).rejects.toThrow('down')
  await settle()
  open[1]?.resolve('up')
  expect(await second).toBe('up')
})
