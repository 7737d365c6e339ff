import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { elementFiles } from '../../build/element-files.ts'
import { elementNames, elementsManifest, elementsOf } from '../../build/elements-manifest.ts'
import * as library from '../index.ts'

const elements = elementsOf(elementsManifest())
const classes = library as unknown as Record<string, { observedAttributes: string[] }>
const folder = fileURLToPath(new URL('.', import.meta.url))

describe('what is made from the doc comments', () => {
  it.each(elementFiles().map(({ path, text }) => [path.split('/').at(-1), path, text] as const))(
    '%s is up to date: npm run describe -w @taskflow/ui',
    async (_, path, text) => {
      expect(await readFile(path, 'utf8')).toBe(text)
    },
  )

  it('has every element that has a module of its own', () => {
    expect(elements.map(({ tagName }) => tagName)).toEqual(elementNames())
  })
})

describe.each(elements.map((element) => [element.tagName, element] as const))(
  '%s',
  (_, element) => {
    it('has a comment for each attribute', () => {
      // Each text attribute that an element observes is one that hosts may set.
      const told = (element.attributes ?? []).map(({ name }) => name).sort()
      const observed = classes[element.name]?.observedAttributes ?? ['none']
      expect(told).toEqual([...new Set(observed)].sort())
    })

    it('fires events that the package has classes for', () => {
      for (const { type, name } of element.events ?? []) {
        expect(classes[type?.text ?? ''], name).toBeTypeOf('function')
      }
    })

    it('has the parts that it names', async () => {
      const paths = globSync('{elements,parts}/**/*.ts', { cwd: folder })
      const sources = await Promise.all(paths.map((path) => readFile(`${folder}/${path}`, 'utf8')))
      const parts = new Set(
        sources
          .join('')
          .match(/\bpart="[\w -]+"/g)
          ?.flatMap((part) => part.slice(6, -1).split(' ')),
      )
      for (const { name } of element.cssParts ?? []) expect(parts).toContain(name)
    })
  },
)

describe('importing in Node, where there is no page', () => {
  it('is safe, also of what registers elements', async () => {
    expect(globalThis.document).toBeUndefined()
    await import('../define.ts')
    await import('../store.ts')
    for (const path of globSync('../define/*.ts', { cwd: folder })) {
      const name = basename(path, '.ts')
      const module = (await import(`../define/${name}.ts`)) as object
      expect(Object.keys(module), name).toHaveLength(1)
    }
  })
})
