import { gzipSync } from 'node:zlib'
import { build, type Plugin } from 'esbuild'
import { minifyTemplates } from './minify-templates.ts'

/** Elements that hosts take alone, with Lit and all: bytes with gzip. */
const LIMITS: Record<string, number> = { status: 9_216, 'run-status': 10_000 }

/** Bundles single elements as a host would, and holds them to what they may weigh. */
export async function checkSizes(): Promise<void> {
  for (const [name, limit] of Object.entries(LIMITS)) {
    const { outputFiles } = await build({
      entryPoints: [`src/define/${name}.ts`],
      bundle: true,
      format: 'esm',
      target: 'es2022',
      minify: true,
      write: false,
      conditions: ['@taskflow/source'],
      plugins: [minifyTemplates as Plugin],
      legalComments: 'none',
    })
    const bytes = gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length
    process.stdout.write(`taskflow-${name} alone: ${bytes} B gzip\n`)
    if (bytes > limit) {
      throw new Error(`expected at most ${limit} B gzip for taskflow-${name} alone, got ${bytes}`)
    }
  }
}
