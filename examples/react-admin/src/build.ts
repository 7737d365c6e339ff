import { build } from 'esbuild'

/** Bundles the page, with chunks for what the dashboard fetches later. */
export async function bundle(folder: string): Promise<void> {
  await build({
    entryPoints: [`${import.meta.dirname}/admin.tsx`],
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    jsx: 'automatic',
    minify: true,
    define: { 'process.env.NODE_ENV': '"production"' },
  })
}

if (import.meta.main) await bundle('dist')
