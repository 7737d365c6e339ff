import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Answer, EngineHost, type Question } from './engine-host.ts'
import { packInsert, packSettlements } from './pack.ts'
import { beatOf, createFixture, newTask, type SqliteFixture } from './testing.ts'
import type { PackedTurnResult } from './verbs/turn.ts'

let fixture: SqliteFixture
let host: EngineHost

beforeEach(async () => {
  fixture = await createFixture()
  const { file } = fixture
  host = new EngineHost({ file, synchronous: 'normal', tablePrefix: 'taskflow_' }, () => {})
  await ask('open')
  await ask('beat', beatOf('a'))
})

afterEach(async () => {
  host.close()
  await fixture.dispose()
})

function ask(verb: Question['verb'], input?: unknown): Promise<Answer> {
  return new Promise((resolve) => host.answer({ id: 0, verb, input }, resolve))
}

function askAll(...questions: Omit<Question, 'id'>[]): Promise<Answer[]> {
  const answers: Answer[] = []
  return new Promise((resolve) =>
    host.answerAll(
      questions.map((question, id) => ({ id, ...question })),
      (answer) => {
        if (answers.push(answer) === questions.length) resolve(answers)
      },
    ),
  )
}

const insertOf = (id: string) =>
  ({ verb: 'insert', input: packInsert({ tasks: [newTask(id)] }) }) as const
const turn = {
  verb: 'turn',
  input: {
    instanceId: 'a',
    settle: packSettlements([]),
    chained: [],
    claim: { limit: 10, funcNames: ['work'] },
  },
} as const

function claimedOf({ value }: Answer = { id: 0 }): string[] {
  const { claimed } = JSON.parse(value as string) as PackedTurnResult
  return claimed.map(([id]) => id)
}

it('writes that came together share a commit', async () => {
  const { value: before } = await ask('head')
  const [inserted, turned] = await askAll(insertOf('1'), turn)
  expect(inserted).toEqual({ id: 0, value: null })
  expect(claimedOf(turned)).toEqual(['1'])
  const rows = (cursor: unknown) => Number(String(cursor).split('.')[1])
  // One row of changes is written for each commit.
  expect(rows((await ask('head')).value) - rows(before)).toBe(1)
})

it('a write that fails takes none of the others with it', async () => {
  const broken = {
    verb: 'insert',
    input: { ...insertOf('2').input, plain: false, tasks: 'no JSON' },
  } as const
  const answers = await askAll(insertOf('1'), broken, insertOf('3'), turn)
  expect(answers.map(({ id, failure }) => [id, failure?.code])).toEqual([
    [0, undefined],
    [1, 'internal'],
    [2, undefined],
    [3, undefined],
  ])
  expect(claimedOf(answers[3])).toEqual(['1', '3'])
})

it('writes that wait for another process keep their order', async () => {
  const { default: Database } = await import('better-sqlite3')
  const other = new Database(fixture.file)
  other.exec('begin immediate')
  const first = askAll(insertOf('1'), turn)
  const second = askAll(insertOf('2'), turn)
  other.exec('rollback')
  other.close()
  expect(claimedOf((await first)[1])).toEqual(['1'])
  expect(claimedOf((await second)[1])).toEqual(['2'])
})
