import type { Catalogue } from '../language.ts'
import type { common } from './common.ts'
import type { run } from './run.ts'
import type { runs } from './runs.ts'
import type { system } from './system.ts'
import type { tasks } from './tasks.ts'

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
    import('./common.ts').then(({ common }) => common),
    import('./run.ts').then(({ run }) => run),
    import('./runs.ts').then(({ runs }) => runs),
    import('./system.ts').then(({ system }) => system),
    import('./tasks.ts').then(({ tasks }) => tasks),
  ])
  return Object.assign({}, ...parts)
}
