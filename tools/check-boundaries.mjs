// The lint rule for package boundaries (docs/decisions/packages.md): packages meet only at
// published entry points, each imports only what its place allows, and core stays free of Node.
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'

/** What each package may import of ours. Tests and examples may use every published entry point. */
const MAY_IMPORT = {
  core: [],
  ui: ['core', 'core/client'],
  'storage-sqlite': ['core', 'core/node'],
  'storage-postgres': ['core', 'core/node'],
  'adapter-express': ['core', 'core/node', 'ui/server'],
  'adapter-hono': ['core', 'core/node', 'ui/server'],
  'adapter-koa': ['core', 'core/node', 'ui/server'],
}
const IMPORT =
  /^(?:import|export)\b[^';]*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm

const problems = []
for (const file of globSync('{packages,examples,tests,benchmarks,faults}/**/*.{ts,tsx}', {
  exclude: ['**/node_modules/**', '**/dist/**'],
})) {
  const isTest =
    /\.test(-d)?\.ts$/.test(file) || file.startsWith(`tests${sep}`) || file.includes('testing')
  for (const [, ...groups] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
    const specifier = groups.find((group) => group !== undefined)
    const problem = check(file.split(sep).join('/'), specifier, isTest)
    if (problem) problems.push(`${file}: '${specifier}': ${problem}`)
  }
}
for (const problem of problems) console.error(problem)
process.exitCode = problems.length > 0 ? 1 : 0

function check(file, specifier, isTest) {
  const [place, name] = file.split('/')
  const home = ['tests', 'faults'].includes(place) ? place : `${place}/${name}`
  if (specifier.startsWith('.')) {
    const target = relative('.', join(dirname(file), specifier))
      .split(sep)
      .join('/')
    const shared = target.startsWith('tools/') || target === 'tsup.shared.ts'
    return target.startsWith(`${home}/`) || shared
      ? null
      : `leaves ${home}: import the published package`
  }
  if (specifier.startsWith('@taskflow/')) return checkOurs(place, name, specifier.slice(10), isTest)
  if (specifier.startsWith('node:') && file.startsWith('packages/core/src/lib/')) {
    const allowed =
      isTest || file.startsWith('packages/core/src/lib/node/') || specifier === 'node:async_hooks'
    return allowed ? null : 'core uses web standards: Node belongs into lib/node'
  }
  return null
}

function checkOurs(place, name, entry, isTest) {
  const [target, ...path] = entry.split('/')
  const { exports } = JSON.parse(readFileSync(`packages/${target}/package.json`, 'utf8'))
  const wanted = `./${path.join('/')}`.replace(/\/$/, '')
  const isPublished = Object.keys(exports).some((key) => {
    const [start, end] = key.split('*')
    return end === undefined ? key === wanted : wanted.startsWith(start) && wanted.endsWith(end)
  })
  if (!isPublished) return 'is no published entry point'
  if (place !== 'packages' || isTest || MAY_IMPORT[name].includes(entry)) return null
  return `${name} may import of ours: ${MAY_IMPORT[name].join(', ') || 'nothing'}`
}
