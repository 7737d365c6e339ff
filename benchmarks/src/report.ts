// Writes figures into a document: npm run report -w benchmarks -- out.json docs/…/performance.md
// Several runs, each of some rows, follow each other.
import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { markdown } from './lib/markdown.ts'
import type { Report } from './lib/report-format.ts'

const BEGIN = '<!-- figures: begin -->'
const END = '<!-- figures: end -->'

const names = process.argv.slice(2)
const documents = names.filter((name) => name.endsWith('.md'))
const reports = names.filter((name) => !name.endsWith('.md'))
const folder = process.env.INIT_CWD ?? process.cwd()
if (reports.length === 0) {
  process.stderr.write('expected: report JSON… [DOCUMENT.md]\n')
  process.exitCode = 2
} else {
  const texts = await Promise.all(
    reports.map(async (name) =>
      markdown(JSON.parse(await readFile(resolve(folder, name), 'utf8')) as Report),
    ),
  )
  const figures = texts.join('\n\n')
  if (documents.length === 0) process.stdout.write(`${figures}\n`)
  for (const document of documents) await writeInto(resolve(folder, document), figures)
}

async function writeInto(file: string, figures: string): Promise<void> {
  const text = await readFile(file, 'utf8')
  const [before, rest] = text.split(BEGIN)
  const after = rest?.split(END)[1]
  if (before === undefined || after === undefined) {
    throw new Error(`${file}: expected '${BEGIN}' and '${END}'`)
  }
  await writeFile(file, `${before}${BEGIN}\n\n${figures}\n\n${END}${after}`)
}
