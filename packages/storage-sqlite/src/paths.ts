// This file lies as deep in `src` as its bundle in `dist`, so the same relative paths hold for both.

/** The script of the worker thread: TypeScript from source, JavaScript when built. */
export const workerUrl = new URL(
  import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js',
  import.meta.url,
)

/** The folder of numbered SQL files. */
export const migrationsUrl = new URL('../migrations/', import.meta.url)
