import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { expect, it } from 'vitest'
import { startAppProcess } from './app-process.ts'
import type { Project } from './project.ts'

// For a Node that starts on a machine which is busy with other tests.
const timeout = 120_000

const hello = `import { defineTask, TaskManager } from '@taskflow/core'
  const hello = defineTask({ name: 'hello', run() {} })`

/** What a stranger may get wrong when installing, in a project that has everything. */
export function describeBadInput(project: () => Project): void {
  /** The line that names the error, of a script that ends with one. */
  async function errorOf(script: string, args: string[] = []): Promise<string> {
    project().write('wrong.mjs', script)
    const { code, stderr } = await project().node([...args, 'wrong.mjs'])
    expect(code).toBe(1)
    return stderr.split('\n').find((line) => /^\w*Error\b.*: /.test(line)) ?? stderr
  }

  async function without<Result>(name: string, act: () => Promise<Result>): Promise<Result> {
    const folder = join(project().folder, 'node_modules', name)
    renameSync(folder, `${folder}-away`)
    try {
      return await act()
    } finally {
      renameSync(`${folder}-away`, folder)
    }
  }

  it('where Node is too old', { timeout }, async () => {
    const older =
      "data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'22.11.0'}})"
    const error = await errorOf(`${hello}; new TaskManager({ tasks: [hello] })`, [
      `--import=${older}`,
    ])
    expect(error).toBe(
      'TaskflowError: taskflow: expected Node 22.12 or newer, got 22.11.0: install a newer Node',
    )
  })

  it('where drizzle is missing', { timeout }, async () => {
    const script = `${hello}
      import { sqliteStorage } from '@taskflow/storage-sqlite'
      await new TaskManager({ tasks: [hello], storage: sqliteStorage({ file: 'a.db' }) }).start()`
    expect(await without('drizzle-orm', () => errorOf(script))).toBe(
      'TaskflowError: @taskflow/storage-sqlite needs the package drizzle-orm: npm install drizzle-orm',
    )
  })

  it.each(['hono', 'express', 'koa'])('where %s is missing', { timeout }, async (name) => {
    const script = `import '@taskflow/adapter-${name}'; import '${name}'`
    expect(await without(name, () => errorOf(script))).toMatch(
      new RegExp(
        `^Error \\[ERR_MODULE_NOT_FOUND\\]: Cannot find package '${name}' imported from .*wrong`,
      ),
    )
  })

  it('where OpenTelemetry is missing', { timeout }, async () => {
    expect(await errorOf(`import '@taskflow/core/opentelemetry'`)).toMatch(
      /^Error \[ERR_MODULE_NOT_FOUND\]: Cannot find package '@opentelemetry\/api' imported from /,
    )
  })

  it('where the handler was given no dashboard', { timeout }, async () => {
    project().write(
      'no-ui.mjs',
      `${hello}
      import { createServer } from 'node:http'
      import { createHandler } from '@taskflow/core'
      import { nodeHandler } from '@taskflow/core/node'
      const handler = createHandler(new TaskManager({ tasks: [hello] }), { auth: false })
      createServer(nodeHandler(handler)).listen(3000)`,
    )
    const app = await startAppProcess(project().folder, ['no-ui.mjs'])
    const page = await fetch(`${app.origin}/tasks/dashboard`)
    expect(page.status).toBe(404)
    expect(await page.json()).toMatchObject({
      detail:
        "no dashboard: npm install @taskflow/ui, and give createHandler ui: dashboardUi() of '@taskflow/ui/server'",
    })
  })

  it('where a bundle does not have the tasks file', { timeout }, async () => {
    project().write('src/tasks.mjs', `${hello}; export { hello }`)
    project().write(
      'src/main.mjs',
      `import { TaskManager } from '@taskflow/core'
      new TaskManager({ tasks: [], tasksFile: new URL('./tasks.mjs', import.meta.url) })`,
    )
    const bundle: BuildOptions = {
      absWorkingDir: project().folder,
      entryPoints: ['src/main.mjs'],
      outfile: 'dist/main.mjs',
      bundle: true,
      platform: 'node',
      format: 'esm',
    }
    await build(bundle)
    const missing = new URL('dist/tasks.mjs', `file://${project().folder}/`).href
    expect(await errorOf(`import './dist/main.mjs'`)).toBe(
      `TaskflowError: TaskManager: tasksFile: expected a file, there is no ${missing}; a bundler has to be given it as an entry point of its own`,
    )
    // As it says:
    await build({ ...bundle, entryPoints: ['src/tasks.mjs'], outfile: 'dist/tasks.mjs' })
    expect(await project().node(['dist/main.mjs'])).toMatchObject({ code: 0, stderr: '' })
  })

  it('where an entry point does not exist, or has something else', { timeout }, async () => {
    expect(await errorOf(`import '@taskflow/core/storage'`)).toMatch(
      /^Error \[ERR_PACKAGE_PATH_NOT_EXPORTED\]: Package subpath '.\/storage' is not defined by "exports" in .*core.package.json/,
    )
    expect(await errorOf(`import { nodeHandler } from '@taskflow/core'`)).toBe(
      "SyntaxError: The requested module '@taskflow/core' does not provide an export named 'nodeHandler'",
    )
  })
}
