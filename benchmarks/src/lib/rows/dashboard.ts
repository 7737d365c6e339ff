import { makeStorage } from '../systems/taskflow.ts'
import type { Context, Values } from './context.ts'
import { graph } from './dashboard/graph.ts'
import { history } from './dashboard/history.ts'
import { list } from './dashboard/list.ts'
import { log } from './dashboard/log.ts'

/** The dashboard as built, in a real browser, served by a real handler on SQLite. */
export async function dashboard({ place, settings }: Context, name: string): Promise<Values> {
  const storage = await makeStorage('sqlite', place)
  if (name === 'dashboard-history') {
    return history(storage, Math.max(1, Math.round(settings.listCalls / 8)))
  }
  if (name === 'dashboard-log') return log(storage, settings.count * 50)
  if (name === 'dashboard-graph') return graph(storage)
  return list(storage, settings.listCalls / 4, settings.count / 2)
}
