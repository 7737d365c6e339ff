import { type ChildProcess, fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFixture } from './lib/testing.ts'

const script = new URL('./lib/testing-child.ts', import.meta.url)

let fixture: Awaited<ReturnType<typeof createFixture>>
const children: ChildProcess[] = []

beforeEach(async () => {
  fixture = await createFixture()
  await fixture.storage.open()
})

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  children.length = 0
  await fixture.dispose()
})

function start(role: string, id: string): ChildProcess {
  const child = fork(script, [fixture.file, role, id], {
    execArgv: ['--conditions=@taskflow/source'],
  })
  children.push(child)
  return child
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', resolve))
}

function task(taskId: string) {
  return {
    taskId,
    funcName: 'work',
    group: null,
    payload: '{}',
    priority: null,
    maxAttempts: 1,
    requeueOnInterrupt: false,
    idempotencyKey: null,
    tags: {},
    source: 'manual' as const,
    executor: 'async',
    retryOf: null,
  }
}

function beat(instanceId: string, n: number) {
  const instance = { instanceId, host: 'parent', pid: process.pid, version: '0', functions: [] }
  return fixture.storage.beat({
    instance,
    beat: n,
    leaseMs: 60_000,
    running: 0,
    state: 'running',
  })
}

describe('several processes on one file', () => {
  it('loses nothing that a killed process was told is stored, and frees its tasks in under 2 s', async () => {
    const child = start('victim', 'victim')
    const acknowledged: string[] = []
    await new Promise<void>((resolve) => {
      child.on('message', (message) => {
        acknowledged.push(String(message))
        if (acknowledged.length === 200) resolve()
      })
    })
    const alive = await beat('watcher', 0)
    expect(alive.others).toMatchObject([{ instanceId: 'victim', gone: false, leaseOver: false }])
    const exited = exitOf(child)
    child.kill('SIGKILL')
    await exited
    const diedAt = performance.now()

    const { others } = await beat('watcher', 1)
    expect(others).toMatchObject([{ instanceId: 'victim', gone: true, leaseOver: false }])
    const recovered = await fixture.storage.recover({
      dead: others.map(({ instanceId, beat }) => ({ instanceId, beat })),
      maxCrashes: 3,
      crashDelayMs: 0,
    })
    expect(performance.now() - diedAt).toBeLessThan(2_000)
    expect(recovered.map(({ taskId, status }) => [taskId, status]).sort()).toEqual([
      ['claimed-1', 'pending'],
      ['claimed-2', 'pending'],
      ['claimed-3', 'pending'],
    ])
    expect(existsSync(`${fixture.file}.victim.lock`)).toBe(false)
    const taskIds = acknowledged.filter((id) => id !== 'claimed')
    const tasks = await fixture.storage.get({ taskIds })
    expect(tasks.filter((found) => found === null)).toEqual([])
  }, 20_000)

  it('never gives one task to two processes', async () => {
    const taskIds = Array.from({ length: 1500 }, (_, n) => `task-${String(n).padStart(6, '0')}`)
    await fixture.storage.insert({ tasks: taskIds.map(task) })
    const claimed = await Promise.all(
      ['a', 'b', 'c'].map(
        (id) =>
          new Promise<string[]>((resolve, reject) => {
            const child = start('racer', id)
            child.once('message', (ids) => resolve(ids as string[]))
            child.once('exit', (code) => code !== 0 && reject(new Error(`exit ${code}`)))
          }),
      ),
    )
    expect(claimed.flat().sort()).toEqual(taskIds)
    const [metrics] = await fixture.storage.metrics({ queries: [{}] })
    expect(metrics).toMatchObject({ success: 1500, pending: 0, running: 0 })
  }, 30_000)

  it('an idle storage lets its process end, an open call does not', async () => {
    const child = start('idle', 'x')
    const said = new Promise((resolve) => child.once('message', resolve))
    expect(await exitOf(child)).toBe(0)
    expect(await said).toBe('done')
    expect((await fixture.storage.get({ taskIds: ['two'] }))[0]?.taskId).toBe('two')
  }, 20_000)

  it('takes an instance whose connection was closed without leaving for dead', async () => {
    const other = await fixture.second()
    await other.open()
    const instance = { instanceId: 'x', host: '', pid: 1, version: '', functions: [] }
    await other.beat({ instance, beat: 0, leaseMs: 60_000, running: 0, state: 'running' })
    expect((await beat('watcher', 0)).others[0]?.gone).toBe(false)
    await other.close()
    expect((await beat('watcher', 1)).others[0]?.gone).toBe(true)
  })

  it('deletes the side file of an instance that leaves, whatever its id', async () => {
    const instance = { instanceId: 'a/b*c ü', host: '', pid: 1, version: '', functions: [] }
    const input = { instance, leaseMs: 60_000, running: 0, state: 'running' as const }
    await fixture.storage.beat({ ...input, beat: 0 })
    const path = `${fixture.file}.a%2Fb%2Ac%20%C3%BC.lock`
    expect(existsSync(path)).toBe(true)
    await fixture.storage.beat({ ...input, beat: 1, leaving: true })
    expect(existsSync(path)).toBe(false)
  })
})
