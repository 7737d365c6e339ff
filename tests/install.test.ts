import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { endApps, startAppProcess } from './support/install/app-process.ts'
import { describeBadInput } from './support/install/describe-bad-input.ts'
import { describeTarball } from './support/install/describe-tarball.ts'
import { type Packed, packAll, packageFolders } from './support/install/pack.ts'
import { Project } from './support/install/project.ts'
import { codeBlock, installed } from './support/install/readme.ts'
import { startRegistry } from './support/install/registry.ts'
import { signIn, success } from './support/install/session.ts'

// For packing and one install a project on a busy machine with a slow network.
const timeout = 600_000
const frameworks = ['Hono', 'Express', 'Koa'] as const
const tarballs = mkdtempSync(join(tmpdir(), 'taskflow-tarballs-'))
let packed: Packed[]
let registry: Awaited<ReturnType<typeof startRegistry>>

beforeAll(async () => {
  packed = await packAll(tarballs)
  registry = await startRegistry(packed)
}, timeout)
afterEach(endApps)
afterAll(async () => {
  await registry?.close()
  rmSync(tarballs, { recursive: true, force: true })
})

describe.each(packageFolders)('what is published of %s', (folder) => {
  describeTarball(folder, () => packed)
})

describe('an empty TypeScript project', () => {
  let project: Project
  beforeAll(async () => {
    project = new Project(registry.url, { name: 'app', private: true, type: 'module' })
    project.write('tsconfig.json', codeBlock('README.md', 'json'))
    for (const name of frameworks) {
      project.write(`${name}/app.ts`, codeBlock('README.md', 'ts', `**${name}**`))
      project.write(`${name}/tasks.ts`, codeBlock('README.md', 'ts'))
    }
    for (const name of packageFolders.filter((name) => name !== 'ui')) {
      project.write(`${name}.ts`, codeBlock(`packages/${name}/README.md`, 'ts'))
    }
    await project.install([...installed('README.md'), '@taskflow/storage-postgres'])
  }, timeout)
  afterAll(() => project?.remove())

  it('accepts the first example of every README by its types', { timeout }, async () => {
    expect(await project.typeErrors()).toEqual([])
  })

  it.each(frameworks)("runs the README's first example on %s", { timeout }, async (name) => {
    const app = await startAppProcess(join(project.folder, name), ['app.ts'])
    const curl = codeBlock('README.md', 'sh', 'give it something to do')
    expect(curl).toMatch(/^curl -X POST localhost:3000\/signup /)
    const { taskId } = JSON.parse(await shell(curl.replace('localhost:3000', app.origin)))
    const get = await signIn(app.origin)
    const task = await success(get, taskId)
    expect(task).toMatchObject({ func_name: 'send_email', task_id: taskId })
    expect(task.logs.join()).toContain('Sending to ada@example.com')
    expect(await (await get('/tasks/dashboard')).text()).toContain('<taskflow-dashboard')
  })

  it('imports what registers elements where there is no page, as servers do that render', {
    timeout,
  }, async () => {
    const names = readdirSync(join(project.folder, 'node_modules/@taskflow/ui/dist/define'))
    const parts = names.filter((name) => name.endsWith('.js'))
    expect(parts).toContain('runs.js')
    const all = ['', ...parts.map((name) => `/${name}`)].map((path) => `@taskflow/ui/define${path}`)
    const modules = JSON.stringify([...all, '@taskflow/ui', '@taskflow/ui/react'])
    const script = `for (const name of ${modules}) await import(name)`
    const quiet = { code: 0, stdout: '', stderr: '' }
    expect(await project.node(['--input-type=module', '--eval', script])).toMatchObject(quiet)
    expect(
      await project.node(['--eval', `${modules}.forEach((name) => require(name))`]),
    ).toMatchObject(quiet)
  })

  describe('says in one line what to install or change', () => describeBadInput(() => project))
})

describe('an empty JavaScript project of CommonJS', () => {
  let project: Project
  beforeAll(async () => {
    project = new Project(registry.url, { name: 'app', private: true })
    await project.install([
      '@taskflow/core',
      '@taskflow/storage-sqlite',
      '@taskflow/adapter-express',
      'express',
    ])
  }, timeout)
  afterAll(() => project?.remove())

  it('loads the packages with require() and runs tasks', { timeout }, async () => {
    project.write(
      'app.js',
      `const { taskflow } = require('@taskflow/adapter-express')
      const { defineTask, TaskManager } = require('@taskflow/core')
      const { hashPassword } = require('@taskflow/core/node')
      const { sqliteStorage } = require('@taskflow/storage-sqlite')
      const express = require('express')

      const greet = defineTask({ name: 'greet', run: ({ name }) => 'Hello ' + name })
      const tasks = new TaskManager({ tasks: [greet], storage: sqliteStorage({ file: 'tasks.db' }) })
      const app = express()
      hashPassword('secret', { logN: 10 }).then((hash) => {
        app.use(taskflow(tasks, { auth: ['admin', hash] }))
        app.post('/greet/:name', async (req, res) => {
          res.status(202).json(await req.tasks.enqueue(greet, { name: req.params.name }))
        })
        app.listen(3000)
      })`,
    )
    const app = await startAppProcess(project.folder, ['app.js'])
    const response = await fetch(`${app.origin}/greet/Ada`, { method: 'POST' })
    const { taskId } = (await response.json()) as { taskId: string }
    await success(await signIn(app.origin), taskId)
    expect(app.output()).not.toContain('ExperimentalWarning')
  })
})

async function shell(command: string): Promise<string> {
  return (await promisify(execFile)('sh', ['-c', command])).stdout
}
