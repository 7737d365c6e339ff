import { existsSync } from 'node:fs'
import { posix } from 'node:path'
import { type Page, readPage, root } from './pages.ts'
import { slugs } from './slugs.ts'

const CODE = /^```[\s\S]*?^```$|`[^`\n]*`|<!--[\s\S]*?-->/gm
const LINK = /\]\(([^()\s]+)\)|^\[[^\]]+\]: (\S+)/gm

/** Links of a page that lead nowhere: to no file, or to no heading of a page. */
export function deadLinks(page: Page): string[] {
  return linksOf(page)
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => !leadsSomewhere(page, link))
}

/** Where a page's links lead, as they are written. */
export function linksOf({ text }: Page): string[] {
  const prose = text.replaceAll(CODE, '')
  return [...prose.matchAll(LINK)].map(([, inline, reference]) => inline ?? reference ?? '')
}

/** A relative link as a path from the root of the repository, and its heading. */
export function targetOf(page: Page, link: string): { path: string; heading: string } {
  const [file = '', heading = ''] = link.split('#')
  return { path: file === '' ? page.path : posix.join(posix.dirname(page.path), file), heading }
}

function leadsSomewhere(page: Page, link: string): boolean {
  const { path, heading } = targetOf(page, link)
  const isHere = path === page.path
  if (!isHere && !existsSync(`${root}/${path}`)) return false
  if (heading === '') return true
  return path.endsWith('.md') && slugs(isHere ? page.text : readPage(path).text).includes(heading)
}
