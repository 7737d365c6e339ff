import { globSync, readFileSync } from 'node:fs'
import { basename, join, sep } from 'node:path'
import { create, ts } from '@custom-elements-manifest/analyzer'
import { litPlugin } from '@custom-elements-manifest/analyzer/src/features/framework-plugins/lit/lit.js'
import { publicProperties } from '../src/lib/styles/token-css.ts'
import type { Declaration, Export, Module, Package } from './manifest-schema.ts'

/** An element as the manifest describes it. */
export type ElementDoc = Declaration & { tagName: string }

const FOLDER = join(import.meta.dirname, '..')

/** Names of the elements that hosts may use: those with a module of their own in `src/define`. */
export function elementNames(): string[] {
  return globSync('src/define/*.ts', { cwd: FOLDER })
    .map((path) => `taskflow-${basename(path, '.ts')}`)
    .sort()
}

/** Reads the doc comments of the elements into a custom-elements manifest. */
export function elementsManifest(): Package {
  const paths = globSync('src/lib/elements/**/*.ts', { cwd: FOLDER }).filter(
    (path) => !/\.(test|styles)\.ts$/.test(path),
  )
  const sources = paths.map((path) => path.split(sep).join('/')).sort()
  const modules = sources.map((path) =>
    ts.createSourceFile(
      path,
      readFileSync(join(FOLDER, path), 'utf8'),
      ts.ScriptTarget.ES2022,
      true,
    ),
  )
  const manifest = create({ modules, plugins: litPlugin() }) as Package
  const names = elementNames()
  const kept = manifest.modules.flatMap((module) => {
    const declarations = (module.declarations ?? []).flatMap((one) => {
      const element = one as ElementDoc
      const tagName = tagOf(element.name)
      if (element.kind !== 'class' || !names.includes(tagName)) return []
      return [described(element, tagName, statesOf(module.path))]
    })
    return declarations.length > 0 ? [{ ...module, declarations, exports: exportsOf(module) }] : []
  })
  return { schemaVersion: '2.1.0', readme: 'README.md', modules: kept }
}

/** The elements of a manifest, by name. */
export function elementsOf(manifest: Package): ElementDoc[] {
  return manifest.modules
    .flatMap(({ declarations }) => (declarations ?? []) as ElementDoc[])
    .sort((a, b) => (a.tagName < b.tagName ? -1 : 1))
}

function described(element: ElementDoc, tagName: string, states: ReadonlySet<string>): ElementDoc {
  const members = (element.members ?? []).filter(
    (member) =>
      member.kind === 'field' &&
      !member.static &&
      (member.privacy ?? 'public') === 'public' &&
      member.description !== undefined &&
      !states.has(member.name) &&
      !HIDDEN.has(member.name),
  )
  const fields = new Set(members.map(({ name }) => name))
  const attributes = (element.attributes ?? []).filter(({ fieldName }) =>
    fields.has(fieldName ?? ''),
  )
  // What the analyzer makes of `dispatchEvent` is left out: the comments tell it better.
  const events = (element.events ?? [])
    .filter(({ name = '', description }) => name.startsWith('taskflow-') && description)
    .map((event) => ({ ...event, type: { text: `${pascal(event.name)}Event` } }))
  return {
    ...element,
    customElement: true,
    tagName,
    members,
    attributes,
    events,
    ...(tagName === 'taskflow-dashboard' && {
      cssProperties: [...(element.cssProperties ?? []), ...publicProperties()],
    }),
  }
}

/** Public for other elements only. */
const HIDDEN = new Set(['connection', 'timeFormat', 'isTaskflowStore'])

/** What an element keeps for itself: not to be set from outside. */
function statesOf(path: string): ReadonlySet<string> {
  const source = readFileSync(join(FOLDER, path), 'utf8')
  const names = [...source.matchAll(/\b(\w+): \{ state: true \}/g)].map(([, name]) => name ?? '')
  const inherited = path.includes('/pages/') || path.includes('/graph/') ? ['busy'] : []
  return new Set([...names, ...inherited])
}

function exportsOf({ exports = [], path }: Module): Export[] {
  const own = exports.filter(({ name }) => /^Taskflow\w+Element$/.test(name))
  const definitions = own.map(({ name }): Export => {
    return {
      kind: 'custom-element-definition',
      name: tagOf(name),
      declaration: { name, module: path },
    }
  })
  return [...own, ...definitions]
}

/** `TaskflowDeadLettersElement` as `taskflow-dead-letters`. */
function tagOf(className: string): string {
  return className
    .replace(/Element$/, '')
    .replace(/(?<!^)[A-Z]/g, '-$&')
    .toLowerCase()
}

function pascal(name: string): string {
  return name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
