import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { endApps, startAppProcess } from './support/install/app-process.ts'
import { type Packed, packAll, packageFolders } from './support/install/pack.ts'
import { Project } from './support/install/project.ts'
import { codeBlock, codeBlocks, installed } from './support/install/readme.ts'
import { startRegistry } from './support/install/registry.ts'
import { signIn, success } from './support/install/session.ts'

// Packing, and one install over the network for each project.
const PATIENCE = 300_000
const frameworks = ['Hono', 'Express', 'Koa'] as const

let registry: Awaited<ReturnType<typeof startRegistry>>
let packed: Packed[]
const tarballs = mkdtempSync(join(tmpdir(), 'taskflow-tarballs-'))

beforeAll(async () => {
  packed = await packAll(tarballs)
  registry = await startRegistry(packed)
}, PATIENCE)
afterEach(endApps)
afterAll(async () => {
  await registry?.close()
  rmSync(tarballs, { recursive: true, force: true })
})

describe('an empty TypeScript project', () => {
  let project: Project
  beforeAll(async () => {
    project = new Project(registry.url, { name: 'app', private: true, type: 'module' })
    project.write('tsconfig.json', codeBlock('README.md', 'json'))
    project.write('tasks.ts', codeBlock('README.md', 'ts'))
    for (const name of frameworks) {
      project.write(`${name}/app.ts`, codeBlock('README.md', 'ts', `**${name}**`))
      project.write(`${name}/tasks.ts`, codeBlock('README.md', 'ts'))
    }
    await project.install(installed('README.md'))
  }, PATIENCE)
  afterAll(() => project?.remove())

  it("accepts the README's examples by their types", { timeout: PATIENCE }, async () => {
    expect(await project.typeErrors()).toBe('')
  })

  it.each(frameworks)("runs the README's first example on %s", { timeout: PATIENCE }, async (name) => {
    const app = await startAppProcess(join(project.folder, name), ['app.ts'])
    const written = codeBlocks('README.md').find(({ text }) => text.startsWith('curl -X POST localhost:3000/signup -H') && text.includes('"address"'))
    const curl = `curl -s ${written?.text.slice(4).trim().replace('localhost:3000', app.origin)}`
    const { stdout } = await promisify(execFile)('sh', ['-c', curl])
    const { taskId } = JSON.parse(stdout) as { taskId: string }
    const get = await signIn(app.origin)
    const task = await success(get, taskId)
    expect(task).toMatchObject({ func_name: 'send_email', task_id: taskId })
    expect(task.logs.join()).toContain('Sending to ada@example.com')
    expect(await (await get('/tasks/dashboard')).text()).toContain('<taskflow-dashboard')
  })
})
