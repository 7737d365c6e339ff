// This file lies as deep in `src` as its bundle in `dist`, so the same relative paths hold for both.

/** The script of the worker thread: TypeScript from source, JavaScript when built. */
export const workerUrl = script('worker')

/** The script of the thread that beats while the process is blocked. */
export const standInUrl = script('stand-in')

/** The folder of numbered SQL files. */
export const migrationsUrl = new URL('../migrations/', import.meta.url)

function script(name: string): URL {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return new URL(`./${name}.${extension}`, import.meta.url)
}
