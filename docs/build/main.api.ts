// Writes reference/api: a page for each published entry point, from its types and comments.
import { Application, LogLevel } from 'typedoc'
import type { PluginOptions } from 'typedoc-plugin-markdown'
import { entryPoints } from './entry-points.ts'
import { root } from './pages.ts'

const nameOf = new Map(entryPoints().map(({ name, file }) => [`${root}${file}`, name]))
const markdown: Partial<PluginOptions> = {
  entryFileName: 'index',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
}

const app = await Application.bootstrapWithPlugins({
  ...markdown,
  plugin: ['typedoc-plugin-markdown'],
  router: 'module',
  entryPoints: [...nameOf.keys()],
  tsconfig: `${root}docs/tsconfig.api.json`,
  out: `${root}docs/reference/api`,
  name: 'API',
  readme: 'none',
  disableSources: true,
  excludeExternals: true,
  excludePrivate: true,
  hideGenerator: true,
  // `npm run typecheck` does, and comments that only mean something to editors are no trouble.
  skipErrorChecking: true,
  logLevel: LogLevel.Error,
})
const project = await app.convert()
if (!project) throw new Error('expected the packages to be read')
for (const module of project.children ?? []) {
  const file = project.getSymbolIdFromReflection(module)?.fileName
  module.name = nameOf.get(file ?? '') ?? module.name
}
await app.generateOutputs(project)
