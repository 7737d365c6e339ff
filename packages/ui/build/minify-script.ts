import { minify } from 'terser'
import terser from 'terser/package.json' with { type: 'json' }

/** Rewrites that keep what a module does, tuned for what is left after gzip; nothing that terser calls unsafe. */
const OPTIONS = {
  module: true,
  ecma: 2022,
  compress: { passes: 3, inline: 1, hoist_funs: true, lhs_constants: false },
} as const

/**
 * Says how scripts are minified: what is named after a hash of the code before has to name this, too.
 * The last number counts changes of what is below.
 */
export const minifierMark = `// terser ${terser.version} ${JSON.stringify(OPTIONS)} 1`

/**
 * A finished module of esbuild, made smaller still. What it shares with other modules keeps its
 * short outer name inside, so that `import{a as x}` is `import{a}`.
 */
export async function minifyScript(code: string): Promise<string> {
  // Terser writes to the options that it is given.
  const options = { ...structuredClone(OPTIONS), nameCache: { vars: { props: outerNames(code) } } }
  const small = await minify(code, options)
  if (small.code === undefined) throw new Error('terser returned no code')
  return small.code
}

/** The short names that esbuild gave to what is shared, by `$` and the name inside of the module, as terser keeps them. */
function outerNames(code: string): Record<string, string> {
  const names = new Map<string, string>()
  for (const [, list = ''] of code.matchAll(/\bimport\{([^}]*)\}from/g)) {
    for (const [, outer = '', inner = ''] of list.matchAll(/([\w$]+) as ([\w$]+)/g)) {
      if (outer.length <= 2 && !names.has(outer)) names.set(outer, inner)
    }
  }
  const [, exported = ''] = /\bexport\{([^}]*)\};?\s*(?:\/\/.*\s*)?$/.exec(code) ?? []
  for (const [, inner = '', outer = ''] of exported.matchAll(/([\w$]+) as ([\w$]+)/g)) {
    if (outer.length <= 2 && !names.has(outer)) names.set(outer, inner)
  }
  return Object.fromEntries([...names].map(([outer, inner]) => [`$${inner}`, outer]))
}
