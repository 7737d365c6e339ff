import { fileURLToPath } from 'node:url'

const SCRIPT = fileURLToPath(new URL('../src/lib/pages/bundle.ts', import.meta.url))

/**
 * An esbuild plugin that takes what pages share from the dashboard's own script. The bundler would
 * split that into what pages need and what they do not; it is always there before them.
 */
export const oneScript = {
  name: 'one-script',
  setup(build: {
    onResolve(
      options: { filter: RegExp },
      resolve: (args: { importer: string }) => { path: string } | undefined,
    ): void
  }) {
    build.onResolve({ filter: /\/shared\.ts$/ }, ({ importer }) =>
      importer === SCRIPT ? undefined : { path: SCRIPT },
    )
  },
}
