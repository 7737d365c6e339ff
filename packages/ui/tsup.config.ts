import { defineConfig } from 'tsup'
import { library } from '../../tsup.shared.ts'
import { minifyCssTemplates } from './build/minify-css.ts'
import { writeAssets } from './build/write-assets.ts'

export default defineConfig([
  library(
    { index: 'src/index.ts', define: 'src/define.ts', server: 'src/server.ts' },
    // Leaves `assets` to the build below, which runs at the same time.
    { clean: ['!assets/**'] },
  ),
  {
    entry: { bundle: 'src/define.ts' },
    outDir: 'dist/assets',
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    clean: false,
    minify: true,
    splitting: false,
    noExternal: [/.*/],
    esbuildPlugins: [minifyCssTemplates],
    esbuildOptions(options) {
      options.conditions = ['@taskflow/source']
      options.legalComments = 'none'
    },
    onSuccess: () => writeAssets('dist/assets'),
  },
])
