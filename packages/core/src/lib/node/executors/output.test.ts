import { describe, expect, it } from 'vitest'
import { kinds, start, taskOn } from './test-executors.ts'

describe.each(kinds)('what a task in a %s writes', (kind) => {
  const on = (act: string) => taskOn(kind, act)

  it('is in its log, in order, with its levels', async () => {
    const { run, logOf } = await start()
    const { taskId } = await run(on('log'))
    expect(await logOf(taskId)).toEqual([
      'log info first',
      'log warn from below',
      'log error second',
    ])
  })

  it('is seen while it runs, even if it never yields', async () => {
    const { manager, until, logOf } = await start({ cancelGraceMs: 0 })
    const { taskId } = await manager.enqueue(on('spin'), null)
    const { progress } = await until(taskId, (record) => record?.logTail.length)
    expect(await logOf(taskId)).toEqual([expect.stringMatching(/^log info spins in \d+$/)])
    expect(progress).toEqual({ fraction: 0.25, message: 'a quarter' })
  })

  it('is captured from stdout and stderr, line by line, an unfinished last one too', async () => {
    const { run, logOf } = await start()
    const lines = await logOf((await run(on('print'))).taskId)
    expect(lines.filter((line) => line.startsWith('stdout'))).toEqual([
      'stdout info printed',
      'stdout info in pieces',
      'stdout info é without end',
    ])
    expect(lines.filter((line) => line.startsWith('stderr'))).toEqual(['stderr error to stderr'])
  })

  it('is whole when the task ends, however much was printed', async () => {
    const { run, manager } = await start()
    const { taskId } = await run(on('printFlood'))
    const { total } = await manager.logs({ taskId })
    expect(total).toBe(20_000)
    const { entries } = await manager.logs({ taskId, from: 20_000 })
    expect(entries[0]?.text).toBe('line 19999')
  })

  it('shows no secrets', async () => {
    const { run, logOf } = await start()
    const { taskId, error } = await run(on('blab'), { token: 'tok-8a7b6c5d4e' })
    const text = `${(await logOf(taskId)).join('\n')}\n${error}`
    expect(text).toContain('the token is')
    expect(text).toContain('stdout info it is')
    expect(text).toContain('it was')
    expect(text).not.toContain('8a7b6c5d4e')
  })

  it('is cut where the log is full, and counted', async () => {
    const { run, manager } = await start({ maxLogLines: 2_500 })
    const { taskId } = await run(on('flood'))
    const { total } = await manager.logs({ taskId })
    expect(total).toBe(2_501)
    const { entries } = await manager.logs({ taskId, from: 2_500 })
    expect(entries.map(({ text }) => text)).toEqual([
      'line 2499',
      '… 997500 more lines were not kept: the log is full',
    ])
  })

  it('may be a line without end', async () => {
    const { run, manager } = await start()
    const { taskId } = await run(on('longLine'))
    const { entries } = await manager.logs({ taskId })
    expect(entries.map(({ text }) => text)).toEqual([`${'x'.repeat(65_536)}…`])
  })

  it('is kept when it ends its worker right after', async () => {
    const { run, logOf } = await start()
    const { taskId } = await run(on('exit'), 3)
    expect(await logOf(taskId)).toEqual(['log info last words', 'log info last words'])
  })
})

it.each(['printNatively', 'grandchild'])('a process also captures %s', async (act) => {
  const { run, logOf } = await start()
  const { taskId } = await run(taskOn('process', act))
  expect(await logOf(taskId)).toEqual([
    act === 'printNatively' ? 'stdout info by a system call' : 'stdout info from further down',
  ])
})
