import type { ElementDoc } from './elements-manifest.ts'

const INTRO = `# Elements

Made from the doc comments in \`packages/ui/src/lib/elements\`; \`npm run describe -w @taskflow/ui\`
writes it anew. The same is in \`@taskflow/ui/custom-elements.json\`, for editors and tools.

\`import '@taskflow/ui/define'\` registers all of them, \`import '@taskflow/ui/define/runs.js'\` one
with what it needs. What is in brackets is the default. Elements that show data of the handler have
the attributes of [\`taskflow-provider\`](#taskflow-provider), too; inside of a provider or a
dashboard they take them over. Events bubble and cross shadow roots; the class of each is exported by
\`@taskflow/ui\`, and its \`detail\` is typed.
`

/** The reference page. */
export function elementsPage(elements: readonly ElementDoc[]): string {
  const shared = namesOf(elements.find(({ tagName }) => tagName === 'taskflow-provider'))
  return `${[
    INTRO,
    ...elements.map((element) => section(element, shared)),
    properties(elements),
  ].join('\n')}`
}

function section(element: ElementDoc, shared: ReadonlySet<string>): string {
  const isProvider = element.tagName === 'taskflow-provider'
  const members = (element.members ?? []).filter(({ name }) => isProvider || !shared.has(name))
  const own = (element.cssProperties ?? []).filter(({ description }) => description !== undefined)
  const attributes = new Map((element.attributes ?? []).map((one) => [one.fieldName, one.name]))
  return [
    `## \`${element.tagName}\`\n`,
    `${element.description ?? ''}\n`,
    table(
      ['attribute', 'property', 'type', ''],
      members.map((member) => [
        code(attributes.get(member.name)),
        code(member.name),
        code(member.type?.text),
        member.description,
      ]),
    ),
    list('Events', element.events),
    list(
      'Slots',
      element.slots?.map((slot) => ({ ...slot, name: slot.name || '(default)' })),
    ),
    list('Parts', element.cssParts),
    element.tagName === 'taskflow-dashboard' ? '' : list('Properties of CSS', own),
  ]
    .filter(Boolean)
    .join('\n')
}

function properties(elements: readonly ElementDoc[]): string {
  const dashboard = elements.find(({ tagName }) => tagName === 'taskflow-dashboard')
  return [
    '## Properties of CSS\n',
    'Every element heeds them, set on it or on anything around it; `--taskflow-accent` alone makes a\nbrand: hover, links and selection follow from it.\n',
    table(
      ['property', '', 'default'],
      (dashboard?.cssProperties ?? []).map((one) => [
        code(one.name),
        one.description,
        code(one.default),
      ]),
    ),
  ].join('\n')
}

function namesOf(element: ElementDoc | undefined): Set<string> {
  return new Set((element?.members ?? []).map(({ name }) => name))
}

function list(title: string, entries: readonly { name: string; description?: string }[] = []) {
  if (entries.length === 0) return ''
  const rows = entries.map(({ name, description }) => `- \`${name}\`: ${flat(description)}`)
  return `${title}:\n\n${rows.join('\n')}\n`
}

function table(head: readonly string[], rows: readonly (string | undefined)[][]): string {
  if (rows.length === 0) return ''
  const line = (cells: readonly (string | undefined)[]) =>
    `| ${cells.map((cell) => flat(cell).replaceAll('|', '\\|')).join(' | ')} |`
  return `${[line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')}\n`
}

function code(text: string | undefined): string {
  return text ? `\`${flat(text)}\`` : ''
}

function flat(text = ''): string {
  return text.replace(/\s+/g, ' ').trim()
}

/** What VS Code shows of the tags and attributes in HTML files (its custom data format). */
export function htmlData(elements: readonly ElementDoc[]): object {
  return {
    version: 1.1,
    tags: elements.map(({ tagName, description, attributes = [] }) => ({
      name: tagName,
      description,
      attributes: attributes.map(({ name, description, type }) => {
        const values = [...(type?.text ?? '').matchAll(/'([^']+)'/g)].map(([, name]) => ({ name }))
        return { name, description, ...(values.length > 0 && { values }) }
      }),
    })),
  }
}
