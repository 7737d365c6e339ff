import { globSync } from 'node:fs'
import { defineConfig } from 'tsup'
import { library } from '../../tsup.shared.ts'
import { checkSizes } from './build/check-sizes.ts'
import { minifierMark, minifyScript } from './build/minify-script.ts'
import { minifyTemplates } from './build/minify-templates.ts'
import { oneScript } from './build/one-script.ts'
import { writeAssets } from './build/write-assets.ts'
import manifest from './package.json' with { type: 'json' }

const define = { TASKFLOW_VERSION: JSON.stringify(manifest.version) }

export default defineConfig([
  library(
    {
      index: 'src/index.ts',
      define: 'src/define.ts',
      store: 'src/store.ts',
      react: 'src/react.ts',
      server: 'src/server.ts',
      ...Object.fromEntries(
        globSync('src/define/*.ts').map((path) => [path.replace(/^src.|\.ts$/g, ''), path]),
      ),
    },
    // Leaves `assets` to the build below, which runs at the same time.
    { clean: ['!assets/**'], define },
  ),
  {
    entry: { bundle: 'src/lib/pages/bundle.ts' },
    outDir: 'dist/assets',
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    clean: false,
    minify: true,
    define,
    // Chunks of their own for what `import()` asks for.
    splitting: true,
    noExternal: [/.*/],
    // Counts for the names of the files, and goes with the comments.
    footer: { js: minifierMark },
    esbuildPlugins: [oneScript, minifyTemplates],
    esbuildOptions(options) {
      options.conditions = ['@taskflow/source']
      options.legalComments = 'none'
    },
    onSuccess: async () => {
      await writeAssets('dist/assets', minifyScript)
      await checkSizes()
    },
  },
])
