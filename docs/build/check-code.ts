import ts from 'typescript'
import { pageModules } from './page-modules.ts'
import { type Page, root } from './pages.ts'

/** Where the modules are said to be: packages are found from here. */
const FOLDER = `${root}docs/.code`

/** What fragments may use without importing it. Each adapter has a `taskflow`: that one is imported. */
const ENTRY_POINTS = [
  '@taskflow/core',
  '@taskflow/core/node',
  '@taskflow/core/opentelemetry',
  '@taskflow/core/testing',
  '@taskflow/storage-postgres',
  '@taskflow/storage-sqlite',
]

/** An app's settings: strict, with what a browser has, against the source of our packages. */
const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  types: ['node'],
  typeRoots: [`${root}node_modules/@types`],
  customConditions: ['@taskflow/source'],
  strict: true,
  skipLibCheck: true,
  noEmit: true,
  allowImportingTsExtensions: true,
  moduleDetection: ts.ModuleDetectionKind.Force,
}

/** Parsed once: the two programs below share most of their files. */
const sources = new Map<string, ts.SourceFile | undefined>()

/** What the compiler says of the code on pages, a line each: `docs/faq.md:12: Cannot find …`. */
export function checkCode(pages: readonly Page[]): string[] {
  const exported = exportedNames()
  const modules = pages.flatMap((page) =>
    pageModules(page, `${FOLDER}/${page.path.replace(/\W/g, '-')}`, exported),
  )
  const program = programOf(new Map(modules.map(({ fileName, text }) => [fileName, text])))
  return modules.flatMap((module) => {
    const source = program.getSourceFile(module.fileName)
    const found = [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ]
    return found.map((diagnostic) => {
      const before = module.text.slice(0, diagnostic.start).split('\n').length - 1
      const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n  ')
      return `${module.page}:${module.line + before}: ${message}`
    })
  })
}

/** The names that our packages export, each with its entry point. */
function exportedNames(): Map<string, string> {
  const files = ENTRY_POINTS.map((entry, index) => [`${FOLDER}/entry-${index}.ts`, entry] as const)
  const program = programOf(
    new Map(files.map(([file, entry]) => [file, `export * from '${entry}'`])),
  )
  const checker = program.getTypeChecker()
  const names = new Map<string, string>()
  for (const [file, entry] of files) {
    const source = program.getSourceFile(file)
    const symbol = source && checker.getSymbolAtLocation(source)
    for (const { name } of symbol ? checker.getExportsOfModule(symbol) : []) names.set(name, entry)
  }
  return names
}

/** A program of files that are on no disk, and of what these import. */
function programOf(files: ReadonlyMap<string, string>): ts.Program {
  const host = ts.createCompilerHost(OPTIONS)
  return ts.createProgram([...files.keys()], OPTIONS, {
    ...host,
    getCurrentDirectory: () => `${root}docs`,
    fileExists: (file) => files.has(file) || host.fileExists(file),
    readFile: (file) => files.get(file) ?? host.readFile(file),
    directoryExists: (folder) => folder.startsWith(FOLDER) || ts.sys.directoryExists(folder),
    getSourceFile(file, language) {
      const text = files.get(file)
      if (text !== undefined) return ts.createSourceFile(file, text, language)
      if (!sources.has(file)) sources.set(file, host.getSourceFile(file, language))
      return sources.get(file)
    },
  })
}
