import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { LogEvent } from '../observers/observer.ts'
import { defineTask } from '../run/define-task.ts'
import { start } from '../run/test-manager.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import { type FileObserverOptions, fileObserver } from './file-observer.ts'

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'file-observer-'))
  folders.push(path)
  return path
}

/** An observer, what it complains of, and a way to write a line. */
async function observing(options: Partial<FileObserverOptions> = {}) {
  const path = await folder()
  const file = join(path, 'tasks.log')
  const observer = fileObserver({ file, format: 'text', ...options })
  const errors: Error[] = []
  const write = (message: string) => {
    void Promise.resolve(observer.onLog?.(logEvent(message))).catch((error) => errors.push(error))
  }
  const close = () => Promise.resolve(observer.close?.())
  return { folder: path, file, observer, errors, write, close }
}

function logEvent(message: string): LogEvent {
  const task = { taskId: '019b76da-a800-7004-9139-e073cb58cdd4', funcName: 'talk', attempt: 0 }
  return { ...task, stream: 'log', level: 'info', message, at: 0, tags: {} }
}

/** The messages of a file's lines. */
async function messages(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text.split('\n').flatMap((line) => (line === '' ? [] : line.split(' ').slice(3).join(' ')))
}

/** The rotated files, oldest first, then the current one. */
async function files(path: string): Promise<string[]> {
  const [current = '', ...rotated] = (await readdir(path)).sort()
  return [...rotated, current].map((name) => join(path, name))
}

const numbers = (count: number) => Array.from({ length: count }, (_, n) => `line ${n}`)

describe('the file observer', () => {
  it('writes what tasks log and how they fare, in folders it creates, all of it by the stop', async () => {
    const file = join(await folder(), 'logs', 'app', 'tasks.log')
    const talk = defineTask({ name: 'talk', run: (_: void, { log }) => log('hello\nworld') })
    const { manager, clock, errors } = await start([talk], { observers: [fileObserver({ file })] })
    const { taskId } = await manager.enqueue(talk)
    await clock.advance(0)
    await manager.stop()
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { step: 'accepted', task_id: taskId },
      { step: 'started' },
      { level: 'info', message: 'hello\nworld' },
      { step: 'success', duration_ms: 0 },
    ])
    expect(errors).toEqual([])
  })

  it('appends to what is there, and opens again after it was closed', async () => {
    const { file, write, close } = await observing()
    await writeFile(file, 'x y z before\n')
    write('one')
    await close()
    write('two')
    await close()
    await close()
    expect(await messages(file)).toEqual(['before', 'one', 'two'])
  })

  it('writes a hundred thousand lines of one moment, in order', async () => {
    const { file, write, close, errors } = await observing()
    for (const line of numbers(100_000)) write(line)
    await close()
    expect(await messages(file)).toEqual(numbers(100_000))
    expect(errors).toEqual([])
  })

  it('drops what does not fit into its buffer, says so once, and writes how much is missing', async () => {
    const { file, write, close, errors } = await observing({ maxBufferLength: 1_000 })
    for (const line of numbers(1_000)) write(line)
    await close()
    const written = await messages(file)
    const kept = written.length - 1
    expect(kept).toBeGreaterThan(5)
    expect(written.slice(0, kept)).toEqual(numbers(kept))
    expect(await readFile(file, 'utf8')).toContain(` ${1_000 - kept} lines are missing here`)
    expect(errors).toMatchObject([{ message: expect.stringContaining('the buffer is full') }])
  })

  it.each([
    { file: '' },
    { maxBytes: 0 },
    { maxFiles: 1.5 },
    { maxBufferLength: -1 },
    { level: 'loud' as 'info' },
  ])('refuses %o', (wrong) => {
    expect(() => fileObserver({ file: 'x', ...wrong })).toThrow(
      `fileObserver: ${Object.keys(wrong)[0]}: expected`,
    )
  })
})

describe('rotation by size', () => {
  it('keeps exactly so many files, none too large, and of the newest lines all', async () => {
    const { folder, write, close } = await observing({ maxBytes: 1_000, maxFiles: 3 })
    for (const line of numbers(500)) write(line)
    await close()
    const kept = await files(folder)
    expect(kept).toHaveLength(3)
    const texts = await Promise.all(kept.map((name) => readFile(name, 'utf8')))
    for (const text of texts) expect(text.length).toBeLessThanOrEqual(1_000)
    const lines = (await Promise.all(kept.map(messages))).flat()
    expect(lines).toEqual(numbers(500).slice(-lines.length))
  })

  it('loses no line while enough files are kept, in whatever portions lines come', async () => {
    const { folder, write, close } = await observing({ maxBytes: 500, maxFiles: 1_000 })
    for (const [n, line] of numbers(300).entries()) {
      write(line)
      if (n % 7 === 0) await close()
    }
    await close()
    const kept = await files(folder)
    expect(kept.length).toBeGreaterThan(20)
    expect((await Promise.all(kept.map(messages))).flat()).toEqual(numbers(300))
  })

  it('gives a line that is longer a file of its own', async () => {
    const { folder, write, close } = await observing({ maxBytes: 100, maxFiles: 9 })
    const long = 'x'.repeat(500)
    for (const line of ['one', long, 'two']) write(line)
    await close()
    const kept = await files(folder)
    expect(await Promise.all(kept.map(messages))).toEqual([['one'], [long], ['two']])
  })

  it('deletes no file but its own', async () => {
    const { folder, write, close } = await observing({ maxBytes: 100, maxFiles: 1 })
    const others = ['tasks.log.1', 'tasks.log.gz', 'tasks.log.2026-11-22', 'tasks.log-old']
    for (const name of others) await writeFile(join(folder, name), '')
    for (const line of numbers(20)) write(line)
    await close()
    expect((await readdir(folder)).sort()).toEqual(['tasks.log', ...others].sort())
  })
})

describe('rotation by others', () => {
  it('goes on in a new file once the old one is renamed, and loses no line', async () => {
    const { folder, file, write, close } = await observing()
    let written = 0
    for (let n = 0; n < 5; n++) {
      for (let i = 0; i < 2_000; i++) write(`line ${written++}`)
      // In the middle of writing: only some of it is there.
      await vi.waitFor(async () => expect(await readdir(folder)).toContain('tasks.log'), {
        interval: 1,
      })
      await rename(file, `${file}.${9 - n}`)
    }
    write(`line ${written++}`)
    await close()
    const names = (await readdir(folder)).sort().reverse()
    const current = names.pop() ?? ''
    const lines = await Promise.all([...names, current].map((name) => messages(join(folder, name))))
    expect(lines.flat()).toEqual(numbers(written))
    expect(lines.at(-1)?.at(-1)).toBe('line 10000')
  })

  it('goes on at the start of a file that is truncated', async () => {
    const { file, write, close } = await observing()
    write('one')
    await vi.waitFor(async () => expect(await messages(file)).toEqual(['one']))
    await truncate(file)
    write('two')
    await close()
    expect(await messages(file)).toEqual(['two'])
  })

  it('begins anew in a folder that was removed', async () => {
    const { folder, file, write, close, errors } = await observing()
    write('one')
    await vi.waitFor(async () => expect(await messages(file)).toEqual(['one']))
    await rm(folder, { recursive: true })
    write('two')
    await close()
    expect(await messages(file)).toEqual(['two'])
    expect(errors).toEqual([])
  })
})

describe('a file that cannot be written', () => {
  it('is reported once each time; its lines wait and are written when it can be', async () => {
    const clock = fakeClock()
    const blocked = join(await folder(), 'logs')
    const file = join(blocked, 'tasks.log')
    const { write, close, errors } = await observing({ clock, file })
    /** Lets retries come due, each with the file system's answer, until `check` passes. */
    const retrying = (check: () => Promise<void>) =>
      vi.waitFor(async () => {
        await clock.advance(10_000)
        await check()
      })
    await writeFile(blocked, 'no folder')
    write('one')
    await vi.waitFor(() => expect(errors).toHaveLength(1))
    const timers = vi.spyOn(clock, 'after')
    write('two')
    await retrying(async () => expect(timers.mock.calls.length).toBeGreaterThan(3))
    expect(errors).toMatchObject([{ message: expect.stringContaining(`${file}: lines wait: `) }])

    await unlink(blocked)
    await retrying(async () => expect(await messages(file)).toEqual(['one', 'two']))
    write('three')
    await vi.waitFor(async () => expect(await messages(file)).toHaveLength(3))
    expect(errors).toHaveLength(1)

    await rm(blocked, { recursive: true })
    await writeFile(blocked, 'no folder')
    write('four')
    await vi.waitFor(() => expect(errors).toHaveLength(2))
    await unlink(blocked)
    await close()
    expect(await messages(file)).toEqual(['four'])
  })

  it.runIf(process.platform === 'linux')('may be on a full disk', async () => {
    const { folder, file, write, close, errors } = await observing()
    await symlink('/dev/full', file)
    write('one')
    await vi.waitFor(() =>
      expect(errors).toMatchObject([{ message: expect.stringContaining('ENOSPC') }]),
    )
    await unlink(file)
    await symlink(join(folder, 'elsewhere'), file)
    await close()
    expect(await messages(file)).toEqual(['one'])
  })

  it('gets a line that was cut once more, on a line of its own', async () => {
    const { file, write, close, errors } = await observing()
    const handle = await open(file, 'a')
    const prototype = Object.getPrototypeOf(handle) as typeof handle
    const writeAll = prototype.write as (...args: unknown[]) => Promise<{ bytesWritten: number }>
    await handle.close()
    const disk = vi.spyOn(prototype, 'write') as ReturnType<typeof vi.fn>
    // Room for one line and a half.
    disk.mockImplementationOnce(function (this: unknown, chunk: Buffer) {
      return writeAll.call(this, chunk, 0, Math.floor((chunk.length * 3) / 8))
    })
    disk.mockRejectedValueOnce(new Error('ENOSPC'))
    const waiting = numbers(5)
    write(waiting[0] ?? '')
    for (const line of waiting.slice(1)) write(line)
    await close()
    disk.mockRestore()
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
    const whole = lines.filter((line) => / line \d$/.test(line))
    expect(whole.map((line) => line.slice(-6))).toEqual(waiting)
    expect(lines).toHaveLength(6)
    expect(errors).toEqual([])
  })

  it('does not stop a manager from stopping, which reports what is lost', async () => {
    const blocked = join(await folder(), 'logs')
    await writeFile(blocked, 'no folder')
    const talk = defineTask({ name: 'talk', run: (_: void, { log }) => log('hello') })
    const { manager, clock, errors, status } = await start([talk], {
      observers: [fileObserver({ file: join(blocked, 'tasks.log') })],
    })
    const { taskId } = await manager.enqueue(talk)
    await clock.advance(0)
    expect(await status(taskId)).toBe('success')
    await manager.stop()
    expect(errors).toMatchObject([
      { message: expect.stringContaining('lines wait') },
      { message: expect.stringContaining('4 lines could not be written') },
    ])
  })
})

describe('several processes', () => {
  const SCRIPT = `
    const [, module, options, name] = process.argv
    const { fileObserver } = await import(module)
    const observer = fileObserver(JSON.parse(options))
    for (let n = 0; n < 3000; n++) {
      observer.onLog({
        taskId: '-', funcName: name, attempt: 0, stream: 'log', level: 'info',
        message: n + ' ' + 'x'.repeat(n % 300), at: 0, tags: {},
      })
      if (n % 10 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    await observer.close()
  `
  /** Runs a process that writes 3000 lines. */
  async function writer(options: FileObserverOptions, name: string): Promise<void> {
    const module = new URL('./file-observer.ts', import.meta.url).href
    const args = ['--input-type=module', '-e', SCRIPT, module, JSON.stringify(options), name]
    const child = spawn(process.execPath, args, { stdio: 'inherit' })
    expect(await once(child, 'exit')).toEqual([0, null])
  }

  it.each([{}, { maxBytes: 20_000, maxFiles: 10_000 }])(
    'append to one file without mixing or losing lines: %o',
    async (options) => {
      const path = await folder()
      const settings = { file: join(path, 'tasks.log'), lifecycle: false, ...options }
      await Promise.all([writer(settings, 'a'), writer(settings, 'b')])
      const texts = (await Promise.all((await files(path)).map((name) => readFile(name, 'utf8'))))
        .join('')
        .trimEnd()
      const lines = texts.split('\n').map((line) => JSON.parse(line))
      for (const name of ['a', 'b']) {
        const own = lines.filter(({ func_name }) => func_name === name)
        const found = new Set(own.map(({ message }) => Number.parseInt(message, 10)))
        expect(own).toHaveLength(3_000)
        expect(found.size).toBe(3_000)
      }
    },
  )
})
