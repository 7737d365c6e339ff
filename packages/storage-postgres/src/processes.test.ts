import { type ChildProcess, fork } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { postgresStorage } from './index.ts'
import { createDatabase, type TestDatabase } from './lib/testing.ts'
import { beatOf, taskOf } from './lib/testing-tasks.ts'

const script = new URL('./lib/testing-child.ts', import.meta.url)

let database: TestDatabase
const children: ChildProcess[] = []

beforeEach(async () => {
  database = await createDatabase(inject('postgresUrl'))
})

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  children.length = 0
  await database.drop()
})

function start(role: string, id: string): ChildProcess {
  const child = fork(script, [database.url, role, id], {
    execArgv: ['--conditions=@taskflow/source'],
  })
  children.push(child)
  return child
}

/** The first message of a process, which must then end well. */
function messageOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', (code) => code !== 0 && reject(new Error(`exit ${code}`)))
  })
}

describe('several processes on one database', () => {
  it('makes the tables once when five open an empty database at a time', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e']
    const answers = await Promise.all(ids.map((id) => messageOf(start('opener', id))))
    expect(answers).toEqual(ids.map(() => 'open'))
    const rows = await database.sql`select value from taskflow.meta where name = 'version'`
    expect(rows).toHaveLength(1)
  })

  it('loses nothing that a killed process was told is stored, and frees its tasks', async () => {
    const child = start('victim', 'victim')
    const acknowledged: string[] = []
    await new Promise<void>((resolve) => {
      child.on('message', (message) => {
        acknowledged.push(String(message))
        if (acknowledged.length === 100) resolve()
      })
    })
    const exited = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await exited
    const storage = postgresStorage({ url: database.url, max: 2 })
    await storage.open()
    const { others } = await storage.beat(beatOf('watcher', 0))
    expect(others).toMatchObject([{ instanceId: 'victim', beat: 0, gone: false }])
    const dead = [{ instanceId: 'victim', beat: 0 }]
    const recovered = await storage.recover({ dead, maxCrashes: 3, crashDelayMs: 0 })
    expect(recovered.map(({ taskId, status }) => [taskId, status]).sort()).toEqual([
      ['claimed-1', 'pending'],
      ['claimed-2', 'pending'],
      ['claimed-3', 'pending'],
    ])
    const tasks = await storage.get({ taskIds: acknowledged })
    expect(tasks.filter((task) => task === null)).toEqual([])
    await storage.close()
  })

  it('never gives one task to two processes', async () => {
    const storage = postgresStorage({ url: database.url, max: 2 })
    await storage.open()
    const taskIds = Array.from({ length: 1500 }, (_, n) => `task-${String(n).padStart(6, '0')}`)
    await storage.insert({ tasks: taskIds.map((id) => taskOf(id)) })
    const claimed = await Promise.all(
      ['a', 'b', 'c'].map((id) => messageOf(start('racer', id)) as Promise<string[]>),
    )
    expect(claimed.flat().sort()).toEqual(taskIds)
    const [metrics] = await storage.metrics({ queries: [{}] })
    expect(metrics).toMatchObject({ success: 1500, pending: 0, running: 0 })
    await storage.close()
  })
})
