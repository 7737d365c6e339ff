import { readFile } from 'node:fs/promises'
import ts from 'typescript'

/** Collapses white space and drops comments; leaves the rest as it is. */
export function minifyCss(css: string): string {
  return css
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,]) ?/g, '$1')
    .trim()
}

/** Collapses white space between tags and attributes: a line break with its indent is one space, or none at the end of a tag. */
function minifyHtml(text: string): string {
  return text.replace(/\s*\n\s*>/g, '>').replace(/\s*\n\s*/g, ' ')
}

/** An esbuild plugin that does so inside the css``, html`` and svg`` templates of our sources. */
export const minifyTemplates = {
  name: 'minify-templates',
  setup(build: {
    onLoad(
      options: { filter: RegExp },
      load: (args: { path: string }) => Promise<{ contents: string; loader: 'ts' }>,
    ): void
  }) {
    build.onLoad({ filter: /[\\/]ui[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const contents = minifyMarkup(await readFile(path, 'utf8'), path)
      return { contents: contents.replace(/\bcss`([^`]*)`/g, minifyCssTemplate), loader: 'ts' }
    })
  },
}

/** `${…}` inside of them hold names only, so that braces and backticks need no parsing. */
function minifyCssTemplate(_: string, css: string): string {
  return `css\`${minifyCss(css.replace(/\$\{/g, '$\u0001')).replaceAll('$\u0001', '${')}\``
}

function minifyMarkup(source: string, path: string): string {
  const parts: { start: number; end: number }[] = []
  const visit = (node: ts.Node) => {
    if (ts.isTaggedTemplateExpression(node) && /^(html|svg)$/.test(node.tag.getText())) {
      const { template } = node
      const texts = ts.isNoSubstitutionTemplateLiteral(template)
        ? [template]
        : [template.head, ...template.templateSpans.map(({ literal }) => literal)]
      for (const text of texts) parts.push({ start: text.getStart(), end: text.getEnd() })
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true))
  let result = ''
  let at = 0
  for (const { start, end } of parts.sort((a, b) => a.start - b.start)) {
    result += source.slice(at, start) + minifyHtml(source.slice(start, end))
    at = end
  }
  return result + source.slice(at)
}
