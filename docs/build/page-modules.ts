import ts from 'typescript'
import { type CodeBlock, codeBlocks, preambles } from './code-blocks.ts'
import { namesIn } from './names-in.ts'
import type { Page } from './pages.ts'

/** A block as a module of its own. */
export interface PageModule {
  fileName: string
  text: string
  page: string
  /** The page's line of the module's first line. */
  line: number
}

/**
 * Makes modules of a page's blocks. A page is read from top to bottom, so what an earlier block or
 * the preamble declares can be used in later ones; a block that imports nothing may also use what
 * our packages export. A block whose first line is a comment with a file's name is that file.
 *
 * @param folder where the modules are said to be.
 * @param exported the names of our packages, with the entry point that each is from.
 */
export function pageModules(
  page: Page,
  folder: string,
  exported: ReadonlyMap<string, string>,
): PageModule[] {
  /** Where a name was last declared on this page. */
  const declared = new Map<string, string>()
  const files = new Set<string>()
  const hidden = preambles(page)
  return [...hidden, ...codeBlocks(page)].map((block) => {
    const names = namesIn(block.code)
    const isWhole = names.imports && !hidden.includes(block)
    const known = isWhole ? declared : new Map([...exported, ...declared])
    const fileName = fileOf(block, files)
    for (const name of names.declared) declared.set(name, `./${fileName}`)
    const { line } = block
    return {
      fileName: `${folder}/${fileName}`,
      page: page.path,
      line,
      text: moduleText(block, names, known),
    }
  })
}

function fileOf({ code, line }: CodeBlock, taken: Set<string>): string {
  const [, named = ''] = /^\/\/ ([\w-]+\.ts)\n/.exec(code) ?? []
  const fileName = named === '' || taken.has(named) ? `line-${line}.ts` : named
  taken.add(fileName)
  return fileName
}

function moduleText(
  { code }: CodeBlock,
  { used, declared }: ReturnType<typeof namesIn>,
  known: ReadonlyMap<string, string>,
): string {
  const imports = [...used]
    .filter((name) => known.has(name) && !declared.has(name))
    .map((name) => `import { ${name} } from '${known.get(name)}'; `)
  const exports = [...declared].filter((name) => !isExported(code, name))
  // On the first line, so that lines stay what they are.
  return `${imports.join('')}${code}\nexport { ${exports.join(', ')} }\n`
}

function isExported(code: string, name: string): boolean {
  const source = ts.createSourceFile('block.ts', code, ts.ScriptTarget.Latest)
  return source.statements.some(
    (statement) =>
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) &&
      namesIn(statement.getFullText(source)).declared.has(name),
  )
}
