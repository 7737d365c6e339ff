import { defineTask, type TaskSettings } from '@taskflow/core'
import { describe, expect, it } from 'vitest'
import { sidebarLinks } from '../.vitepress/sidebar.ts'
import { checkCode } from './check-code.ts'
import { publishedTypes } from './entry-points.ts'
import { deadLinks } from './links.ts'
import { readPage, readPages } from './pages.ts'
import { placesIn } from './reference/fill.ts'
import { generatedPages } from './reference/generate.ts'
import { readRoutes } from './reference/openapi.ts'
import { slugs } from './slugs.ts'

/** Compiling takes seconds, on a busy machine many. */
const PATIENCE = { timeout: 300_000 }
/** Said with those that extend them. */
const BASES = ['PoolOptions', 'LineOptions', 'ToRequestOptions', 'TaskOptions']

const pages = readPages()

describe('every page', () => {
  it.each(pages.map((page) => [page.path, page] as const))(
    '%s has links that lead somewhere',
    (_, page) => {
      expect(deadLinks(page)).toEqual([])
    },
  )

  it('of the documentation is in the menu of the site once, and nothing else is', () => {
    const documented = pages
      .map(({ path }) => path)
      .filter((path) => path.startsWith('docs/') && path !== 'docs/index.md')
      .map((path) => `/${path.slice('docs/'.length, -'.md'.length)}`)
    expect(sidebarLinks().sort()).toEqual(documented.sort())
  })
})

describe('what comes from the code', () => {
  it('is on the page as it is in the code (npm run generate -w docs)', PATIENCE, async () => {
    for (const { path, text } of await generatedPages()) expect(readPage(path).text).toBe(text)
  })

  it('includes the options of every published type', PATIENCE, () => {
    const options = publishedTypes()
      .exports.filter(({ entryPoint }) => !entryPoint.startsWith('@taskflow/ui'))
      .map(({ name }) => name)
      .filter((name) => name.endsWith('Options') && !BASES.includes(name))
    const shown = placesIn(readPage('docs/reference/options.md').text)
    expect(shown).toEqual(expect.arrayContaining(options))
  })

  it('tells the defaults that a task without options has', () => {
    const { settings } = defineTask({ name: 'example', run: () => {} })
    const text = readPage('docs/reference/options.md').text
    const [, table = ''] =
      /<!-- generated: SchemaTaskOptions -->([\s\S]*?)<!-- end -->/.exec(text) ?? []
    const told = [...table.matchAll(/^\| `(\w+)` \| (\S.*?) \|/gm)]
      .map(([, option = '', standard = '']) => [option, standard.replaceAll(/[`']/g, '')])
      .filter(([, standard = '']) => /^(\d+|true|false|async)$/.test(standard))
    expect(told.length).toBeGreaterThan(5)
    const real = told.map(([option = '']) => [
      option,
      String(settings[option as keyof TaskSettings]),
    ])
    expect(told).toEqual(real)
  })

  it('includes every path of the API on the page that explains it', async () => {
    const { text } = readPage('docs/reference/http.md')
    const words = new Set(
      (await readRoutes()).flatMap(({ path }) => path.match(/[a-z-]{3,}/g) ?? []),
    )
    for (const word of ['task_id', 'schedule_id', 'path', 'task', 'name']) words.delete(word)
    expect([...words].filter((word) => !text.includes(word))).toEqual([])
  })
})

describe('the checks', () => {
  const page = (text: string) => ({ path: 'docs/example.md', text })

  it('find links to no file and to no heading', () => {
    const text =
      '[a](nothing.md) [b](coverage.md) [c](coverage.md#nothing) [d](#top) `[e](no.md)`\n\n# Top\n'
    expect(deadLinks(page(text))).toEqual(['nothing.md', 'coverage.md#nothing'])
  })

  it('make anchors as GitHub does', () => {
    expect(slugs('# `stop({ a, b })`\n## What, is it?\n## What is it\n```sh\n# no\n```\n')).toEqual(
      ['stop-a-b-', 'what-is-it', 'what-is-it-1'],
    )
  })

  it('find code that does not compile, at its line', PATIENCE, () => {
    const text = [
      '```ts',
      "const greet = defineTask({ name: 'greet', run: ({ to }: { to: string }) => to })",
      '```',
      '```ts',
      'const tasks = new TaskManager({ tasks: [greet] })',
      'await tasks.enqueue(greet, { to: 1 })',
      '```',
    ]
    const problems = checkCode([page(text.join('\n'))])
    expect(problems).toEqual([expect.stringMatching(/^docs\/example\.md:6: .*not assignable/)])
  })
})
