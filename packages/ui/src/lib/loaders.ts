import type { Loader, Loaders } from './lazy.ts'

const extras = () => import('./pages/extras.ts')
const run: Loader = async () => (await import('./pages/run-page.ts')).elements

/**
 * Every element that is not there from the start. A page and what only it needs are one file, and
 * come together.
 */
export const loaders: Loaders = {
  ...from(
    async () => (await import('./elements/pages/pages.ts')).elements,
    ...['audit', 'chart', 'dead-letters', 'instances', 'recent-logs', 'schedules', 'settings'],
    ...['task', 'tasks'],
  ),
  ...from(async () => (await import('./pages/graph-page.ts')).elements, 'graph'),
  ...from(async () => (await import('./pages/overview-page.ts')).elements, 'overview', 'metrics'),
  ...from(async () => (await import('./pages/runs-page.ts')).elements, 'runs', 'query'),
  ...from(run, 'run', 'copy', 'error', 'lifecycle'),
  ...from(async () => (await import('./pages/logs-page.ts')).elements, 'logs'),
  ...from(
    async () => (await extras()).elements,
    ...['dialogs', 'menu', 'run-parts', 'toasts', 'waterfall'],
    // These are for hosts: the dashboard's own pages do without them.
    ...['duration', 'run-status', 'sparkline', 'status', 'time'],
  ),
  // It copies, too.
  'taskflow-json': async () => ({
    ...(await run()),
    'taskflow-json': (await extras()).TaskflowJsonElement,
  }),
}

/** The loaders of some elements. */
export function loadersOf(...names: readonly string[]): Loaders {
  return Object.fromEntries(Object.entries(loaders).filter(([name]) => names.includes(name)))
}

function from(load: Loader, ...names: readonly string[]): Loaders {
  return Object.fromEntries(names.map((name) => [`taskflow-${name}`, load]))
}
