import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TaskflowError } from '@taskflow/core'
import type { PageAssets } from '../page/html.ts'

/** One built file. */
export interface ManifestFile {
  contentType: string
  etag: string
  immutable: boolean
  /** Encodings that lie beside it, e.g. `{ br: 'taskflow.js.br' }`. */
  encodings: Record<string, string>
}

/** What the build wrote about `dist/assets`. */
export interface Manifest extends PageAssets {
  files: Record<string, ManifestFile>
}

/** Where the built assets lie, whether this code runs from `src` or from `dist`. */
export function assetsFolder(from: string = import.meta.url): string {
  let folder = dirname(fileURLToPath(from))
  while (!isPackageRoot(folder) && dirname(folder) !== folder) folder = dirname(folder)
  return join(folder, 'dist', 'assets')
}

/** Reads the manifest. Throws a `TaskflowError` when there is none. */
export function readManifest(folder: string): Manifest {
  const path = join(folder, 'manifest.json')
  if (!existsSync(path)) {
    throw new TaskflowError(
      'configuration',
      `The dashboard's files are not built: expected ${path}. Run "npm run build -w @taskflow/ui".`,
    )
  }
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest
}

function isPackageRoot(folder: string): boolean {
  const path = join(folder, 'package.json')
  if (!existsSync(path)) return false
  return (JSON.parse(readFileSync(path, 'utf8')) as { name?: string }).name === '@taskflow/ui'
}
