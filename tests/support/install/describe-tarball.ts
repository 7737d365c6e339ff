import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { manifestOf, type Packed, root } from './pack.ts'

const home = 'https://github.com/taskflow-js/taskflow'

/** Largest tarball of each package, in kB: what a stranger's machine has to fetch. */
const LIMITS: Record<string, number> = {
  core: 900,
  ui: 1_400,
  'storage-sqlite': 250,
  'storage-postgres': 250,
}

/** What npm and its readers rely on in each package. */
export function describeTarball(folder: string, packed: () => Packed[]): void {
  const own = () => packed().find(({ name }) => name === `@taskflow/${folder}`) as Packed
  const text = (path: string) => readFileSync(join(root, path), 'utf8')

  it('says where it comes from, what it needs and how it is published', () => {
    const manifest = manifestOf(folder)
    expect(manifest).toMatchObject({
      license: 'MIT',
      homepage: `${home}/tree/main/packages/${folder}#readme`,
      bugs: `${home}/issues`,
      repository: { type: 'git', url: `git+${home}.git`, directory: `packages/${folder}` },
      engines: { node: '>=22.12' },
      publishConfig: { access: 'public', provenance: true },
    })
    expect(String(manifest.description)).toMatch(/^\S.{30,120}\.$/)
    expect(manifest.keywords).toContain('background-jobs')
  })

  it('has licence and README, and every file that an entry point names', () => {
    const { files, manifest } = own()
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md']))
    expect(text(`packages/${folder}/LICENSE`)).toBe(text('LICENSE'))
    const { customElements = 'package.json' } = manifest
    expect(files).toContain(customElements)
    const entries = Object.values(manifest.exports as Record<string, object | string>)
    for (const entry of entries) {
      if (typeof entry === 'string') continue
      const { '@taskflow/source': _, ...published } = entry as Record<string, string>
      for (const path of Object.values(published)) expect(files).toContain(path.slice(2))
    }
  })

  it('has neither sources nor tests, and a size that nobody waits for', () => {
    const { files, tarball } = own()
    expect(files.filter((path) => /^(src|build)\/|\.test\./.test(path))).toEqual([])
    expect(tarball.length / 1_000).toBeLessThan(LIMITS[folder] ?? 20)
  })

  it('has a README that stands alone: how to install it, an example, and links that lead somewhere', () => {
    const readme = text(`packages/${folder}/README.md`)
    expect(readme).toMatch(new RegExp(`^npm install .*@taskflow/${folder}( |$)`, 'm'))
    const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link)
    expect(links.length).toBeGreaterThan(3)
    for (const link of links) {
      const path = /\/blob\/main\/([^#]+)/.exec(link)?.[1]
      // npm shows READMEs far from the repository: nothing relative.
      expect(link).toMatch(/^https:\/\//)
      if (link.startsWith(home) && path) expect(existsSync(join(root, path)), link).toBe(true)
    }
  })
}
