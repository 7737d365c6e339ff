import { join } from 'node:path'
import { elementsPage, htmlData } from './elements-docs.ts'
import { elementsManifest, elementsOf } from './elements-manifest.ts'

const FOLDER = join(import.meta.dirname, '..')

/** The files that are made from the doc comments of the elements, as they should be. */
export function elementFiles(): { path: string; text: string }[] {
  const manifest = elementsManifest()
  const elements = elementsOf(manifest)
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`
  return [
    { path: join(FOLDER, 'custom-elements.json'), text: json(manifest) },
    { path: join(FOLDER, 'html-custom-data.json'), text: json(htmlData(elements)) },
    { path: join(FOLDER, '../../docs/reference/elements.md'), text: elementsPage(elements) },
  ]
}
