import { readFileSync, statSync } from 'node:fs'
import { posix } from 'node:path'
import { root } from '../build/pages.ts'

const { repository } = JSON.parse(readFileSync(`${root}/packages/core/package.json`, 'utf8')) as {
  repository?: { url: string }
}
/** Where the repository can be read by people; null while packages do not say. */
const home = repository?.url.replace(/^git\+/, '').replace(/\.git$/, '') ?? null

/**
 * Where the site leads for a link of a page to a file outside of the documentation; null where there
 * is nowhere to go, undefined for all other links.
 *
 * @param page path of the page from the documentation's folder.
 */
export function outsideLink(page: string, link: string): string | null | undefined {
  if (/^([a-z]+:|#|\/)/.test(link)) return undefined
  const path = posix.join('docs', posix.dirname(page), link.split('#')[0] ?? '')
  if (path.startsWith('docs/')) return undefined
  if (home === null) return null
  const kind = statSync(`${root}/${path}`).isDirectory() ? 'tree' : 'blob'
  return `${home}/${kind}/main/${path}`
}
