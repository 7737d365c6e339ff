import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { manifestOf, npm, packageFolders, run } from './pack.ts'

/** An empty folder outside of the repository, into which a stranger installs the packages. */
export class Project {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'taskflow-install-')))

  /** @param registry Where `@taskflow/*` comes from; all else from where this machine has it. */
  constructor(registry: string, manifest: object) {
    this.write('.npmrc', `@taskflow:registry=${registry}\n`)
    this.write('package.json', JSON.stringify(manifest))
  }

  write(path: string, text: string): void {
    const file = join(this.folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }

  /** Installs packages by name, others than ours in the versions that the repository tests. */
  async install(names: string[]): Promise<void> {
    const wanted = names.map((name) => {
      const version = name.startsWith('@taskflow/') ? undefined : testedVersion(name)
      return version === undefined ? name : `${name}@${version}`
    })
    // What the repository's own install has fetched need not be fetched again.
    const flags = ['--prefer-offline', '--no-audit', '--no-fund']
    await npm(this.folder, ['install', ...flags, ...wanted])
  }

  /** Runs Node in the project, to its end. */
  node(args: string[]) {
    return run(process.execPath, args, { cwd: this.folder })
  }

  /**
   * What the project's own TypeScript complains about, in the project and in types of ours; types
   * of others are their business.
   */
  async typeErrors(): Promise<string[]> {
    const tsc = ['node_modules/typescript/bin/tsc', '--pretty', 'false', '--skipLibCheck', 'false']
    const { stdout, stderr } = await this.node(tsc)
    const others = /^(node_modules\/(?!@taskflow\/)|\s|$)/
    return `${stdout}${stderr}`.split('\n').filter((line) => !others.test(line))
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** The version of a package that our own packages are developed with. */
function testedVersion(name: string): string | undefined {
  const manifests = [manifestOf('..'), ...packageFolders.map(manifestOf)]
  for (const { dependencies, devDependencies } of manifests) {
    const found = Object.entries({ ...Object(dependencies), ...Object(devDependencies) })
    const version = found.find(([dependency]) => dependency === name)?.[1]
    if (version !== undefined) return String(version)
  }
  return undefined
}
