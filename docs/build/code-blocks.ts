import type { Page } from './pages.ts'

/** A piece of TypeScript on a page. */
export interface CodeBlock {
  /** The page's line of the first line of code, from 1. */
  line: number
  code: string
}

const FENCED = /^```ts\n([\s\S]*?)^```$/gm
const PREAMBLE = /^<!-- preamble\n([\s\S]*?)^-->$/gm

/** The blocks marked as `ts`, in their order. */
export function codeBlocks(page: Page): CodeBlock[] {
  return find(page, FENCED)
}

/**
 * What the page's code relies on without showing it: TypeScript in a comment that begins with
 * `preamble`, which readers do not see.
 */
export function preambles(page: Page): CodeBlock[] {
  return find(page, PREAMBLE)
}

function find({ text }: Page, pattern: RegExp): CodeBlock[] {
  return [...text.matchAll(pattern)].map((match) => ({
    line: text.slice(0, match.index).split('\n').length + 1,
    code: match[1] ?? '',
  }))
}
