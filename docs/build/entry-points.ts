import { globSync, readFileSync } from 'node:fs'
import ts from 'typescript'
import { root } from './pages.ts'

/** A published entry point for code: its name, and the source it is built from. */
export interface EntryPoint {
  /** As it is imported. */
  name: string
  /** Path from the root of the repository. */
  file: string
}

/** All that packages publish, as their `exports` say. */
export function entryPoints(): EntryPoint[] {
  return globSync('packages/*/package.json', { cwd: root })
    .sort()
    .flatMap((path) => {
      const { name, exports } = JSON.parse(readFileSync(`${root}/${path}`, 'utf8'))
      const folder = path.slice(0, -'/package.json'.length)
      return Object.entries<{ '@taskflow/source'?: string }>(exports).flatMap(([entry, target]) => {
        const source = target['@taskflow/source']
        // Those register one element each; its class is of the package's own entry point.
        return source === undefined || entry.startsWith('./define/')
          ? []
          : [{ name: `${name}${entry.slice(1)}`, file: `${folder}/${source.slice(2)}` }]
      })
    })
}

/** What the compiler knows of the entry points. */
export interface PublishedTypes {
  checker: ts.TypeChecker
  /** By entry point and name. */
  exports: { entryPoint: string; name: string; symbol: ts.Symbol }[]
}

/** Reads the packages' source; nothing needs to be built. */
export function publishedTypes(): PublishedTypes {
  const entries = entryPoints()
  const { config } = ts.readConfigFile(`${root}/tsconfig.base.json`, ts.sys.readFile)
  const { options } = ts.convertCompilerOptionsFromJson(
    { ...config.compilerOptions, lib: ['ES2023', 'DOM', 'DOM.Iterable'] },
    root,
  )
  const program = ts.createProgram(
    entries.map(({ file }) => `${root}/${file}`),
    options,
  )
  const checker = program.getTypeChecker()
  const exports = entries.flatMap(({ name: entryPoint, file }) => {
    const source = program.getSourceFile(`${root}/${file}`)
    const module = source && checker.getSymbolAtLocation(source)
    if (!module) throw new Error(`${file}: expected a module`)
    return checker.getExportsOfModule(module).map((symbol) => ({
      entryPoint,
      name: symbol.name,
      symbol: symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
    }))
  })
  return { checker, exports }
}
