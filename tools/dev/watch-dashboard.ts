import { rmSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { context, type Plugin } from 'esbuild'
import { minifyTemplates } from '../../packages/ui/build/minify-templates.ts'
import { writeAssets } from '../../packages/ui/build/write-assets.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Bundles the dashboard now and after each change; resolves with the folder it goes to. */
export async function watchDashboard(): Promise<string> {
  const folder = join(root, 'node_modules/.cache/taskflow-dev', String(process.pid))
  await mkdir(folder, { recursive: true })
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const assets: Plugin = {
    name: 'assets',
    setup: (build) =>
      build.onEnd(async ({ errors }) => {
        // esbuild has printed them; the last good build stays.
        if (errors.length > 0) return reject(new Error('the dashboard does not build'))
        await writeAssets(folder).catch(console.error)
        resolve()
      }),
  }
  const bundling = await context({
    absWorkingDir: join(root, 'packages/ui'),
    entryPoints: { bundle: 'src/lib/pages/bundle.ts' },
    outdir: folder,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    splitting: true,
    minify: true,
    chunkNames: '[name]-[hash]',
    conditions: ['@taskflow/source'],
    legalComments: 'none',
    plugins: [minifyTemplates as Plugin, assets],
  })
  await bundling.watch()
  await promise
  return folder
}
