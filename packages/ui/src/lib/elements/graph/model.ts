import type { FunctionGraphJson, FunctionNodeJson, TaskGraphJson } from '@taskflow/core/client'
import { shortId } from '../../format/number.ts'
import { type StatusName, statusCount, statusLabel } from '../../format/phase.ts'
import { visibleText } from '../../format/visible-text.ts'
import { t } from '../../messages/messages.ts'
import type { Share } from '../../parts/strips.ts'
import { pageRoute, type Route, runRoute } from '../../url/route.ts'

/** One box of the graph. */
export interface GraphNode {
  id: string
  group: string | null
  title: string
  text: string
  status: StatusName
  shares: Share[]
  route: Route
}

/** One line of the graph. */
export interface GraphEdge {
  from: string
  to: string
  /** `failed`: what it leads to waits for something that has failed. */
  state: 'failed' | 'waiting' | 'active' | 'plain'
  label: string
}

/** What is drawn. */
export interface GraphModel {
  nodes: GraphNode[]
  edges: GraphEdge[]
  truncated: boolean
}

/** The nodes of a group and what they are tied to; everything for an empty name. */
export function ofGroup(model: GraphModel, group: string): GraphModel {
  if (!group) return model
  const own = new Set(model.nodes.filter((node) => node.group === group).map(({ id }) => id))
  const edges = model.edges.filter(({ from, to }) => own.has(from) || own.has(to))
  const tied = new Set([...own, ...edges.flatMap(({ from, to }) => [from, to])])
  return { ...model, edges, nodes: model.nodes.filter(({ id }) => tied.has(id)) }
}

/** Functions and what follows what. */
export function functionModel({ nodes, edges }: FunctionGraphJson): GraphModel {
  const byName = new Map(nodes.map((node) => [node.func_name, node]))
  return {
    nodes: nodes.map((node) => ({
      id: node.func_name,
      group: node.group,
      title: visibleText(node.func_name),
      text: functionText(node),
      status: functionStatus(node),
      shares: (
        ['success', 'failed', 'interrupted', 'cancelled', 'running', 'retrying', 'blocked'] as const
      ).map((status) => ({ status, count: node[status] })),
      route: pageRoute('tasks', node.func_name),
    })),
    edges: edges.map(({ from, to }) => {
      const [before, after] = [byName.get(from), byName.get(to)]
      const blocked = after?.blocked ?? 0
      const fails = (before?.failed ?? 0) + (before?.interrupted ?? 0) > 0
      const state =
        blocked > 0
          ? fails
            ? 'failed'
            : 'waiting'
          : (after?.running ?? 0) > 0
            ? 'active'
            : 'plain'
      return {
        from,
        to,
        state,
        label: blocked > 0 ? t('{count} waits|{count} wait', { count: blocked }) : '',
      }
    }),
    truncated: false,
  }
}

function functionStatus(node: FunctionNodeJson): StatusName {
  if (node.paused || node.blocked > 0) return 'blocked'
  if (node.running > 0) return 'running'
  if (node.retrying > 0) return 'retrying'
  if (node.failed > 0) return 'failed'
  return node.queued > 0 ? 'queued' : 'success'
}

function functionText(node: FunctionNodeJson): string {
  const parts = [
    node.paused ? t('paused') : '',
    node.registered ? '' : t('no instance'),
    node.blocked > 0
      ? t('{count} waits upstream|{count} wait upstream', { count: node.blocked })
      : '',
    node.running > 0 ? statusCount('running', node.running) : '',
    node.retrying > 0 ? statusCount('retrying', node.retrying) : '',
    node.failed > 0 ? statusCount('failed', node.failed) : '',
    node.queued > 0 ? statusCount('queued', node.queued) : '',
  ]
  return parts.filter(Boolean).slice(0, 2).join(', ') || t('idle')
}

/** One run with what it depends on and what depends on it. */
export function taskModel({ nodes, edges, truncated }: TaskGraphJson): GraphModel {
  const byId = new Map(nodes.map((task) => [task.task_id, task]))
  return {
    nodes: nodes.map((task) => ({
      id: task.task_id,
      group: task.group,
      title: visibleText(task.func_name),
      text: `${statusLabel(task.phase)}, ${shortId(task.task_id)}`,
      status: task.phase,
      shares: [{ status: task.phase, count: 1 }],
      route: runRoute(task.task_id),
    })),
    edges: edges.map(({ from, to }) => {
      const [before, after] = [byId.get(from), byId.get(to)]
      const ended =
        before !== undefined && ['failed', 'interrupted', 'cancelled'].includes(before.phase)
      const waits = after?.phase === 'blocked' && before?.phase !== 'success'
      const state = ended
        ? 'failed'
        : waits
          ? 'waiting'
          : after?.phase === 'running'
            ? 'active'
            : 'plain'
      return {
        from,
        to,
        state,
        label: ended ? statusLabel(before.phase) : waits ? t('waits') : '',
      }
    }),
    truncated,
  }
}
