import { readFile } from 'node:fs/promises'

/** Collapses white space and drops comments; leaves the rest as it is. */
export function minifyCss(css: string): string {
  return css
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,]) ?/g, '$1')
    .trim()
}

/** An esbuild plugin that does so inside the css`` templates of our sources. */
export const minifyCssTemplates = {
  name: 'minify-css-templates',
  setup(build: {
    onLoad(
      options: { filter: RegExp },
      load: (args: { path: string }) => Promise<{ contents: string; loader: 'ts' }>,
    ): void
  }) {
    build.onLoad({ filter: /[\\/]ui[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      // `${…}` inside of them hold names only, so that braces and backticks need no parsing.
      const contents = source.replace(/\bcss`([^`]*)`/g, (_, css: string) => {
        return `css\`${minifyCss(css.replace(/\$\{/g, '$\u0001'))}\``.replaceAll('$\u0001', '${')
      })
      return { contents, loader: 'ts' }
    })
  },
}
