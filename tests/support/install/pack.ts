import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository. */
export const root = fileURLToPath(new URL('../../..', import.meta.url))

/** A package as a registry has it. */
export interface Packed {
  name: string
  version: string
  tarball: Buffer
  integrity: string
  manifest: Record<string, unknown>
  /** What is in the tarball. */
  files: string[]
}

/** What npm says of a tarball. */
interface Listed {
  name: string
  filename: string
  files: { path: string }[]
}

/** Names of folders below `packages`. */
export const packageFolders: string[] = globSync('packages/*/package.json', { cwd: root })
  .map((path) => path.split(/[\\/]/)[1] ?? '')
  .sort()

/** The package.json of a folder below `packages`. */
export function manifestOf(folder: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'))
}

/** What `npm publish` would upload of every package, put into `folder`. */
export async function packAll(folder: string): Promise<Packed[]> {
  const workspaces = packageFolders.flatMap((name) => ['-w', `packages/${name}`])
  const said = await npm(root, ['pack', '--json', '--pack-destination', folder, ...workspaces])
  const listed = JSON.parse(said.slice(said.indexOf('['))) as Listed[]
  return listed.map(({ name, filename, files }) => {
    const manifest = manifestOf(name.replace('@taskflow/', ''))
    const tarball = readFileSync(join(folder, filename))
    const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`
    const paths = files.map(({ path }) => path)
    const version = String(manifest.version)
    return { name, version, tarball, integrity, manifest, files: paths }
  })
}

/** Runs npm with the settings of this machine, and none of the npm that runs these tests. */
export async function npm(cwd: string, args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run('npm', args, { cwd })
  if (code !== 0) throw new Error(`npm ${args.join(' ')} ended with ${code}:\n${stderr}${stdout}`)
  return stdout
}

/** Runs a command to its end. */
export function run(command: string, args: string[], options: { cwd: string }) {
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: strangersEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text
    })
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** The environment without what npm and vitest added to it for this run. */
export function strangersEnvironment(): NodeJS.ProcessEnv {
  const ours =
    /^(npm_(package|lifecycle|command|config_local_prefix)|INIT_CWD|NODE_|VITEST|TASKFLOW_)/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)))
}
