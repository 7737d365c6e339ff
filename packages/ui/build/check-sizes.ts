import { relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type Plugin } from 'esbuild'
import { minifyScript } from './minify-script.ts'
import { minifyTemplates } from './minify-templates.ts'

/** Elements that hosts take alone, with Lit and all: bytes with gzip. */
const LIMITS: Record<string, number> = { status: 9000, 'run-status': 10_600 }

/**
 * Bundles and minifies single elements as a host would, and holds them to what they may weigh: what
 * is loaded at once, without the languages that are fetched when somebody speaks them.
 */
export async function checkSizes(): Promise<void> {
  for (const [name, limit] of Object.entries(LIMITS)) {
    const { outputFiles, metafile } = await build({
      entryPoints: [`src/define/${name}.ts`],
      outdir: 'single',
      bundle: true,
      splitting: true,
      format: 'esm',
      target: 'es2022',
      minify: true,
      write: false,
      metafile: true,
      conditions: ['@taskflow/source'],
      plugins: [minifyTemplates as Plugin],
      legalComments: 'none',
    })
    const files = new Map<string, string>()
    for (const { path, text } of outputFiles) {
      files.set(relative('.', path), await minifyScript(text))
    }
    const size = (file: string) => gzipSync(files.get(file) ?? '', { level: 9 }).length
    const atOnce = (file: string): string[] => {
      const imports = metafile.outputs[file]?.imports ?? []
      const below = imports.filter(({ kind }) => kind === 'import-statement')
      return [file, ...below.flatMap(({ path }) => atOnce(path))]
    }
    const bytes = [...new Set(atOnce(`single/${name}.js`))].reduce((sum, one) => sum + size(one), 0)
    process.stdout.write(`taskflow-${name} alone: ${bytes} B gzip\n`)
    if (bytes === 0 || bytes > limit) {
      throw new Error(`expected at most ${limit} B gzip for taskflow-${name} alone, got ${bytes}`)
    }
  }
}
