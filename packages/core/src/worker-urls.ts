// This file lies as deep in `src` as its bundle in `dist`, so the same relative paths hold for both.

/** What a thread of the thread executor runs: TypeScript from source, JavaScript when built. */
export const threadUrl = script('executor-thread')

/** What a child of the process executor runs. */
export const processUrl = script('executor-process')

function script(name: string): URL {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return new URL(`./${name}.${extension}`, import.meta.url)
}
