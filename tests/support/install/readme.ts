import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './pack.ts'

/** Code blocks of a Markdown file of the repository, in their order, by their language. */
export function codeBlocks(file: string, heading = ''): { language: string; text: string }[] {
  const text = readFileSync(join(root, file), 'utf8')
  const start = text.indexOf(heading)
  if (start < 0) throw new Error(`${file}: expected it to contain ${heading}`)
  return [...text.slice(start).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(
    ([, language = '', block = '']) => ({ language, text: block }),
  )
}

/** The first block of a language after `heading`. */
export function codeBlock(file: string, language: string, heading?: string): string {
  const found = codeBlocks(file, heading).find((block) => block.language === language)
  if (found === undefined) throw new Error(`${file}: expected a block of ${language}`)
  return found.text
}

/** What the file says to install: everything behind `npm install`, flags aside. */
export function installed(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  const lines = [...text.matchAll(/npm install ([^\n`]+)/g)]
  const words = lines.flatMap(([, line = '']) => line.split(/\s+/))
  return [...new Set(words.filter((word) => word && !word.startsWith('-')))]
}
