import type { Catalogue } from '../language.ts'
import type { common } from './german-common.ts'
import type { run } from './german-run.ts'
import type { runs } from './german-runs.ts'
import type { system } from './german-system.ts'
import type { tasks } from './german-tasks.ts'

/** The English texts, which are the keys of every catalogue. */
export type MessageKey =
  | keyof typeof common
  | keyof typeof run
  | keyof typeof runs
  | keyof typeof system
  | keyof typeof tasks

/** German, in parts that a browser fetches side by side. */
export async function loadGerman(): Promise<Catalogue> {
  const parts = await Promise.all([
    import('./german-common.ts').then(({ common }) => common),
    import('./german-run.ts').then(({ run }) => run),
    import('./german-runs.ts').then(({ runs }) => runs),
    import('./german-system.ts').then(({ system }) => system),
    import('./german-tasks.ts').then(({ tasks }) => tasks),
  ])
  return Object.assign({}, ...parts)
}
