import {
  cpSync,
  globSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { manifestOf, packageFolders, root, run } from './support/install/pack.ts'

const copy = mkdtempSync(join(tmpdir(), 'taskflow-versions-'))
afterEach(() => rmSync(copy, { recursive: true, force: true }))

it('changesets make one version for all packages, with changelogs', {
  timeout: 120_000,
}, async () => {
  const manifests = globSync(
    '{package.json,{packages,examples}/*/package.json,{docs,benchmarks}/package.json}',
    { cwd: root },
  )
  for (const path of [...manifests, '.changeset', 'package-lock.json']) {
    cpSync(join(root, path), join(copy, path), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  const note = 'A koala waits for its task.'
  writeFileSync(
    join(copy, '.changeset/koala.md'),
    `---\n'@taskflow/adapter-koa': minor\n---\n\n${note}\n`,
  )
  const git = (...args: string[]) => run('git', args, { cwd: copy })
  await git('init', '-q')
  await git('add', '.changeset', 'package.json')
  await git('-c', 'user.name=Test', '-c', 'user.email=test@example.com', 'commit', '-qm', 'All')

  const changesets = join(root, 'node_modules/@changesets/cli/bin.js')
  const { code, stderr } = await run(process.execPath, [changesets, 'version'], { cwd: copy })
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })

  const read = (path: string) => readFileSync(join(copy, path), 'utf8')
  const versions = packageFolders.map(
    (folder) => JSON.parse(read(`packages/${folder}/package.json`)).version,
  )
  const [version] = new Set(versions)
  expect(new Set(versions).size).toBe(1)
  expect(version).not.toBe(manifestOf('core').version)
  expect(read('packages/adapter-koa/CHANGELOG.md')).toContain(note)
  const { dependencies } = JSON.parse(read('packages/adapter-koa/package.json'))
  expect(dependencies['@taskflow/core']).toBe(`^${version}`)
  // Workspaces go on to lead to each other.
  expect(JSON.parse(read('examples/koa/package.json')).dependencies['@taskflow/core']).toBe(version)
})
