import { readFile } from 'node:fs/promises'
import { transformSync } from 'esbuild'
import ts from 'typescript'

/** CSS without what browsers do not need of it. */
export function minifyCss(css: string): string {
  return transformSync(css, { loader: 'css', minify: true }).code.trim()
}

/** Collapses white space between tags and attributes: a line break with its indent is one space, or none at the end of a tag. */
function minifyHtml(text: string): string {
  return text
    .replace(/\s*\n\s*>/g, '>')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/" \/>/g, '"/>')
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
      const contents = minifyTemplatesOf(await readFile(path, 'utf8'), path)
      return { contents, loader: 'ts' }
    })
  },
}

function minifyTemplatesOf(source: string, path: string): string {
  const parts: { start: number; end: number; text: string }[] = []
  const visit = (node: ts.Node) => {
    if (ts.isTaggedTemplateExpression(node)) {
      const tag = node.tag.getText()
      if (tag === 'css') parts.push(cssTemplate(node.template, source))
      if (tag === 'html' || tag === 'svg') parts.push(...markupTemplate(node.template, source))
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true))
  let result = ''
  let at = 0
  for (const { start, end, text } of parts.sort((a, b) => a.start - b.start)) {
    result += source.slice(at, start) + text
    at = end
  }
  return result + source.slice(at)
}

function markupTemplate(template: ts.TemplateLiteral, source: string) {
  const texts = ts.isNoSubstitutionTemplateLiteral(template)
    ? [template]
    : [template.head, ...template.templateSpans.map(({ literal }) => literal)]
  return texts.map((one) => {
    const [start, end] = [one.getStart(), one.getEnd()]
    return { start, end, text: minifyHtml(source.slice(start, end)) }
  })
}

/** What is put in stands where a rule or a declaration may: meanwhile, an at-rule does. */
function cssTemplate(template: ts.TemplateLiteral, source: string) {
  const [start, end] = [template.getStart(), template.getEnd()]
  const insertions: string[] = []
  const css = source.slice(start + 1, end - 1).replace(/\$\{[^}]*\}/g, (insertion) => {
    return `@taskflow-${insertions.push(insertion) - 1};`
  })
  // Declarations alone, for styles that put them in, end as they have to inside of a rule.
  const small = css.includes('{') ? minifyCss(css) : `${minifyCss(`a{${css}}`).slice(2, -1)};`
  const text = small.replace(/@taskflow-(\d+);/g, (_, at) => insertions[at] ?? '')
  return { start, end, text: `\`${text}\`` }
}
