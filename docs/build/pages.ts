import { globSync, readFileSync } from 'node:fs'
import { sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

/** A page that people read, on the site or where the repository is hosted. */
export interface Page {
  /** From the root of the repository, with `/`. */
  path: string
  text: string
}

/** Every page of the documentation, and every README. What the site's build writes is not among them. */
export function readPages(): Page[] {
  const patterns = ['*.md', '.github/**/*.md', 'docs/**/*.md', '{packages,examples}/*/README.md']
  return globSync(patterns, {
    cwd: root,
    exclude: ['**/node_modules/**', 'docs/reference/api/**', 'docs/.vitepress/**'],
  })
    .map((file) => file.split(sep).join('/'))
    .sort()
    .map(readPage)
}

/** One page, by its path from the root of the repository. */
export function readPage(path: string): Page {
  return { path, text: readFileSync(`${root}/${path}`, 'utf8') }
}
