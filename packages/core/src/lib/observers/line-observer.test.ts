import { afterEach, describe, expect, it, vi } from 'vitest'
import type { LogLevel } from '../record.ts'
import { defineTask } from '../run/define-task.ts'
import { start } from '../run/test-manager.ts'
import { type ConsoleObserverOptions, consoleObserver } from './console-observer.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const talk = defineTask({
  name: 'talk',
  retries: 1,
  run(message: string, { log, attempt }) {
    log('details', 'debug')
    log(message, 'warn')
    if (attempt === 0) throw new Error('again')
  },
})

/** What a run of `talk` writes. */
async function lines(options: ConsoleObserverOptions, message = 'hello') {
  const written: { line: string; level: LogLevel }[] = []
  const observer = consoleObserver({
    write: (line, level) => void written.push({ line, level }),
    ...options,
  })
  const { manager, clock } = await start([talk], { observers: [observer] })
  const { taskId } = await manager.enqueue(talk, message, { tags: { order: '1' } })
  await clock.advance(0)
  return { written, taskId, at: new Date(clock.now()).toISOString() }
}

describe('the console observer', () => {
  it('writes a line per event', async () => {
    const { written, taskId, at } = await lines({})
    const start = `${at} talk ${taskId.slice(-8)}`
    expect(written).toEqual([
      { level: 'info', line: `${start} accepted` },
      { level: 'info', line: `${start} started` },
      { level: 'debug', line: `${start} details` },
      { level: 'warn', line: `${start} hello` },
      { level: 'warn', line: `${start} retrying 0 ms again` },
      { level: 'info', line: `${start} started` },
      { level: 'debug', line: `${start} details` },
      { level: 'warn', line: `${start} hello` },
      { level: 'info', line: `${start} success 0 ms` },
    ])
  })

  it('writes JSON, one object a line', async () => {
    const { written, taskId, at } = await lines({ format: 'json', level: 'warn' })
    const task = { at, task_id: taskId, func_name: 'talk', attempt: 0, tags: { order: '1' } }
    const [log, step] = written.map(({ line }) => JSON.parse(line))
    expect(log).toEqual({ ...task, level: 'warn', stream: 'log', message: 'hello' })
    expect(step).toEqual({
      ...task,
      level: 'warn',
      step: 'retrying',
      duration_ms: 0,
      error: 'again',
      stacktrace: expect.stringContaining('line-observer.test.ts'),
    })
  })

  it('leaves out what is not asked for', async () => {
    const texts = async (options: ConsoleObserverOptions) =>
      (await lines(options)).written.map(({ line }) => line.split(' ').slice(3).join(' '))
    expect(await texts({ lifecycle: false, level: 'info' })).toEqual(['hello', 'hello'])
    expect(await texts({ logs: false, level: 'warn' })).toEqual(['retrying 0 ms again'])
    expect(await texts({ level: 'error' })).toEqual([])
  })

  it.each(['text', 'json'] as const)(
    'lets no task forge a line or steer a terminal: %s',
    async (format) => {
      const evil = 'a\nb\r\u001b[31m\u0085\u009b\u2028\u2029\u202e\u2066\u200f\u0000\u007f'
      const { written } = await lines({ format, logs: true, lifecycle: false }, evil)
      const line = written.at(-1)?.line ?? ''
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
      expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200f\u202e\u2066]/)
      if (format === 'json') expect(JSON.parse(line).message).toBe(evil)
      else expect(line).toContain('\\u001b[31m')
    },
  )

  it('goes to the console by level', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const info = vi.spyOn(console, 'info').mockImplementation(() => {})
    vi.spyOn(console, 'debug').mockImplementation(() => {})
    const { manager, clock } = await start([talk], { observers: [consoleObserver()] })
    await manager.enqueue(talk, 'hello')
    await clock.advance(0)
    expect(warn).toHaveBeenCalledTimes(3)
    expect(info).toHaveBeenCalledTimes(4)
  })

  it('refuses options that make no sense', () => {
    expect(() => consoleObserver({ level: 'loud' as 'info' })).toThrow(
      'consoleObserver: level: expected debug, info, warn, error, got loud',
    )
    expect(() => consoleObserver({ format: 'xml' as 'json' })).toThrow(
      'consoleObserver: format: expected text, json, got xml',
    )
  })
})
