import { type ChildProcess, fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { beatOf, createFixture, newTask } from './lib/testing.ts'

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

/** Waits until a child said so much. */
function said(child: ChildProcess, messages: number): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on('message', () => {
      messages -= 1
      if (messages === 0) resolve()
    })
    child.once('exit', (code) => reject(new Error(`exit ${code}`)))
  })
}

function beat(instanceId: string, n: number) {
  return fixture.storage.beat(beatOf(instanceId, n))
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
    await fixture.storage.insert({ tasks: taskIds.map((taskId) => newTask(taskId)) })
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

  it('accounts for every task when one of two processes is killed in the middle', async () => {
    const taskIds = Array.from({ length: 2000 }, (_, n) => `task-${String(n).padStart(6, '0')}`)
    await fixture.storage.insert({
      tasks: taskIds.map((taskId) => newTask(taskId, { requeueOnInterrupt: true })),
    })
    const [victim, survivor] = [start('survivor', 'victim'), start('survivor', 'other')]
    await Promise.all([said(victim, 20), said(survivor, 20)])
    victim.kill('SIGKILL')
    expect(await exitOf(survivor)).toBe(0)
    const tasks = await fixture.storage.get({ taskIds })
    const attempts = tasks.flatMap((task) => task?.attempts ?? [])
    const outcomes = attempts.map(({ outcome, instance }) => `${outcome} ${instance}`)
    const count = (text: string) => outcomes.filter((each) => each === text).length
    expect(tasks.map((task) => task?.status)).toEqual(taskIds.map(() => 'success'))
    // Each ran to its end once; what runs beside that is what the victim had taken with it.
    expect(count('success victim') + count('success other')).toBe(2000)
    expect(count('crashed victim')).toBe(attempts.length - 2000)
    expect(count('crashed victim')).toBeLessThanOrEqual(5)
    const [metrics] = await fixture.storage.metrics({ queries: [{}] })
    expect(metrics).toMatchObject({ success: 2000, pending: 0, running: 0, lateSettlements: 0 })
  }, 60_000)

  it('an instance that is blocked beats through its stand-in, and keeps its lock', async () => {
    const child = start('blocked', 'child')
    await said(child, 1)
    let beat = 0
    let seen = { beat: 0, gone: false }
    while (seen.beat < 3) {
      const { others } = await fixture.storage.beat(beatOf('watcher', beat++))
      seen = others.find(({ instanceId }) => instanceId === 'child') ?? { beat: 0, gone: true }
      expect(seen.gone).toBe(false)
    }
    const exited = exitOf(child)
    child.kill('SIGKILL')
    await exited
    const { others } = await fixture.storage.beat(beatOf('watcher', beat))
    expect(others).toMatchObject([{ instanceId: 'child', gone: true }])
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

  it('lets go of the side file of an instance that lost its lease', async () => {
    await beat('a', 0)
    const path = `${fixture.file}.a.lock`
    expect(existsSync(path)).toBe(true)
    // As if a backup had been put in place: the row is there, but it is older.
    expect((await fixture.storage.beat({ ...beatOf('a', 5), acked: 4 })).alive).toBe(false)
    expect(existsSync(path)).toBe(false)
  })
})
