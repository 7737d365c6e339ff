import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
const lines = (text: string) => text.replaceAll(/^\s+|\s+$/gm, '')

it('the page quotes what is tested here', () => {
  const page = read('../../../docs/how-to/test-your-tasks.md')
  const quotes = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => lines(code))
  expect(quotes.length).toBeGreaterThan(3)
  const tested = lines(read('shop.test.ts'))
  for (const quote of quotes) expect(tested).toContain(quote)
})
