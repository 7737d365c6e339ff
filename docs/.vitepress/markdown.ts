import type { MarkdownRenderer } from 'vitepress'
import { outsideLink } from './repository.ts'

/** `<!-- <<< file -->`: shows a file on the site, and nothing where comments are hidden. */
const SNIPPET = /^<!-- (<<< .+) -->$/gm

/** What pages may do beyond Markdown, so that they can be read in the repository as well. */
export function extendMarkdown(md: MarkdownRenderer): void {
  md.core.ruler.before('normalize', 'snippets-in-comments', (state) => {
    state.src = state.src.replaceAll(SNIPPET, '$1')
  })
  md.core.ruler.push('links-to-the-repository', (state) => {
    const { relativePath } = state.env as { relativePath: string }
    for (const { children } of state.tokens) {
      for (const [index, token] of (children ?? []).entries()) {
        if (token.type !== 'link_open') continue
        const target = outsideLink(relativePath, token.attrGet('href') ?? '')
        if (target === undefined) continue
        if (target !== null) token.attrSet('href', target)
        else for (const each of [token, closing(children ?? [], index)]) each.tag = 'span'
        if (target === null) token.type = 'span_open'
      }
    }
  })
}

function closing<Token extends { type: string }>(tokens: readonly Token[], from: number): Token {
  const found = tokens.slice(from).find(({ type }) => type === 'link_close')
  if (!found) throw new Error('expected a link to end')
  return found
}
