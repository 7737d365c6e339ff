import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DashboardAsset, DashboardUi } from '@taskflow/core'
import { dashboardPage, loginPage } from '../page/html.ts'
import { preferredEncoding } from './accept-encoding.ts'
import { assetsFolder, readManifest } from './manifest.ts'

/**
 * The built dashboard for `createHandler({ ui: dashboardUi() })`. Files are read once and kept.
 * Throws a `TaskflowError` (`configuration`) when the package was not built.
 */
export function dashboardUi(): DashboardUi {
  return dashboardUiFrom(assetsFolder())
}

/** As {@link dashboardUi}, with the files of a given folder. */
export function dashboardUiFrom(folder: string): DashboardUi {
  const manifest = readManifest(folder)
  const bodies = new Map<string, Promise<Uint8Array<ArrayBuffer>>>()

  function read(file: string): Promise<Uint8Array<ArrayBuffer>> {
    let body = bodies.get(file)
    if (!body) {
      body = readFile(join(folder, file)).then((buffer) => new Uint8Array(buffer))
      // A failed read is not kept: the next request tries again.
      body.catch(() => bodies.delete(file))
      bodies.set(file, body)
    }
    return body
  }

  return {
    page: (input) => dashboardPage(input, manifest),
    loginPage: (input) => loginPage(input, manifest),
    async asset(name, acceptEncoding): Promise<DashboardAsset | null> {
      // Only names the build wrote: nothing of a request ever becomes a path.
      const file = Object.hasOwn(manifest.files, name) ? manifest.files[name] : undefined
      if (!file) return null
      const encoding = preferredEncoding(acceptEncoding, Object.keys(file.encodings))
      const stored = (encoding && file.encodings[encoding]) || name
      return {
        body: await read(stored),
        contentType: file.contentType,
        contentEncoding: encoding,
        etag: encoding ? file.etag.replace(/"$/, `-${encoding}"`) : file.etag,
        immutable: file.immutable,
      }
    },
  }
}
