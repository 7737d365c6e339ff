import type { FunctionEdgeJson, FunctionGraphJson, FunctionNodeJson } from '../../client/wire.ts'
import type { TaskManager } from '../../run/task-manager.ts'
import type { TaskMetrics } from '../../storage/contract.ts'

/** Tasks among which recent flows are looked for, and how many tasks of flows are looked at. */
const NEWEST = 1000
const FLOW_TASKS = 200

/** What the functions of live instances declare to follow, and what recent flows had follow what. */
export async function functionGraph(manager: TaskManager): Promise<FunctionGraphJson> {
  const [known, paused, seen] = await Promise.all([
    manager.functions(),
    manager.pausedFunctions(),
    edgesOfFlows(manager),
  ])
  const declared = known.flatMap(({ funcName: to, after }) =>
    after.map((from): FunctionEdgeJson => ({ from, to, kind: 'after' })),
  )
  const keyOf = ({ from, to }: FunctionEdgeJson) => `${from} ${to}`
  const edges = new Map([...seen, ...declared].map((edge) => [keyOf(edge), edge]))
  const groups = new Map(known.map(({ funcName, group }) => [funcName, group]))
  const named = [...edges.values()].flatMap(({ from, to }) => [from, to])
  const names = [...new Set([...groups.keys(), ...named])].sort()
  const numbers = await manager.metricsOf(names.map((funcName) => ({ funcName })))
  return {
    nodes: names.flatMap((funcName, n) => {
      const metrics = numbers[n]
      const group = groups.get(funcName)
      if (!metrics) return []
      const info = { group: group ?? null, registered: group !== undefined }
      return [nodeJson(funcName, { ...info, paused: paused.has(funcName) }, metrics)]
    }),
    edges: [...edges.values()],
  }
}

async function edgesOfFlows(manager: TaskManager): Promise<FunctionEdgeJson[]> {
  const { tasks } = await manager.list({ limit: NEWEST })
  const nameOf = new Map(tasks.map(({ taskId, funcName }) => [taskId, funcName]))
  const inFlows = tasks.filter(({ flowId }) => flowId !== null).slice(0, FLOW_TASKS)
  const whole = await manager.storage.get({ taskIds: inFlows.map(({ taskId }) => taskId) })
  return whole.flatMap((task) =>
    (task?.dependsOn ?? []).flatMap((parent): FunctionEdgeJson[] => {
      const from = nameOf.get(parent)
      return task && from !== undefined ? [{ from, to: task.funcName, kind: 'flow' }] : []
    }),
  )
}

function nodeJson(
  funcName: string,
  info: Pick<FunctionNodeJson, 'group' | 'registered' | 'paused'>,
  metrics: TaskMetrics,
): FunctionNodeJson {
  return {
    func_name: funcName,
    ...info,
    queued: metrics.queued,
    scheduled: metrics.scheduled,
    blocked: metrics.blocked,
    retrying: metrics.retrying,
    running: metrics.running,
    success: metrics.success,
    failed: metrics.failed,
    interrupted: metrics.interrupted,
    cancelled: metrics.cancelled,
  }
}
