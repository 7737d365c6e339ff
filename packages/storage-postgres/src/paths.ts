// This file lies as deep in `src` as its bundle in `dist`, so the same relative paths hold for both.

/** The folder of numbered SQL files. */
export const migrationsUrl = new URL('../migrations/', import.meta.url)

/** The script of the thread that beats: TypeScript from source, JavaScript when built. */
export const standInUrl = new URL(
  import.meta.url.endsWith('.ts') ? './stand-in.ts' : './stand-in.js',
  import.meta.url,
)
