import type { FunctionJson } from '../client/wire.ts'
import { TaskflowError } from '../errors.ts'
import type { TaskManager } from '../run/task-manager.ts'
import { functionJson } from './serialize.ts'

/** What live instances can run, with settings, numbers and the last run, by name. */
export async function functionList(manager: TaskManager): Promise<FunctionJson[]> {
  const known = await manager.functions()
  const [numbers, last, paused] = await Promise.all([
    manager.metricsOf(known.map(({ funcName }) => ({ funcName }))),
    Promise.all(
      known.map(({ funcName }) => manager.list({ filter: { funcName: [funcName] }, limit: 1 })),
    ),
    manager.pausedFunctions(),
  ])
  return known.map((info, i) => {
    const own = numbers[i]
    if (!own) throw new TaskflowError('internal', 'metrics: the storage gave no answer')
    return functionJson(info, own, last[i]?.tasks[0], {
      paused: paused.has(info.funcName),
      schema: manager.payloadSchema(info.funcName),
    })
  })
}
