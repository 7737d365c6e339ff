// Writes figures into a document: npm run report -w benchmarks -- out.json docs/…/performance.md
import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { markdown } from './lib/markdown.ts'
import type { Report } from './lib/report-format.ts'

const BEGIN = '<!-- figures: begin -->'
const END = '<!-- figures: end -->'

const [json, document] = process.argv.slice(2)
const folder = process.env.INIT_CWD ?? process.cwd()
if (!json) {
  process.stderr.write('expected: report JSON [DOCUMENT]\n')
  process.exitCode = 2
} else {
  const report = JSON.parse(await readFile(resolve(folder, json), 'utf8')) as Report
  if (!document) process.stdout.write(`${markdown(report)}\n`)
  else await writeInto(resolve(folder, document), markdown(report))
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
