import { isFinal, type TaskJson, type TaskPhase, type TaskSort } from '@taskflow/core/client'
import { html, nothing, svg } from 'lit'
import { formatDuration, formatElapsed } from '../../format/duration.ts'
import { formatCount, shortId } from '../../format/number.ts'
import { attemptsText, sourceLabel, statusLabel } from '../../format/phase.ts'
import { formatAbsolute, formatRelative, parseInstant } from '../../format/time.ts'
import { excerpt, visibleText } from '../../format/visible-text.ts'
import { type PlainKey, t } from '../../messages/messages.ts'
import { colourOf, orMissing, sourceBadge, statusText } from '../../parts/status.ts'
import type { Route } from '../../url/route.ts'

/** Name of a column. */
export type ColumnId = (typeof COLUMNS)[number]['id']

/** What cells may need besides their run. */
export interface CellContext {
  now: number
  link: (route: Partial<Route>) => { href: string; click: (event: MouseEvent) => void }
}

interface Column {
  id: string
  label: PlainKey
  /** Undefined: cannot be sorted by. */
  sort?: TaskSort
  /** Order of the first click. */
  first?: 'asc' | 'desc'
  /** Pixels; of those that grow the least. */
  width: number
  grows?: true
  end?: true
  cell: (task: TaskJson, context: CellContext) => unknown
}

/** All columns, in the order in which they stand. */
export const COLUMNS = [
  {
    id: 'state',
    label: 'Status',
    sort: 'status',
    first: 'asc',
    width: 140,
    cell: (task) => statusText(task.phase),
  },
  {
    id: 'task',
    label: 'Task',
    sort: 'func_name',
    first: 'asc',
    width: 190,
    grows: true,
    cell: (task) =>
      html`<span class="task-line"
        ><span class="name truncate" title=${visibleText(task.func_name)}
          >${visibleText(task.func_name)}</span
        >${sourceBadge(task)}${task.retry_of ? html`<span class="chip-text" title=${t('Retry of {id}', { id: task.retry_of })}>${t('retry')}</span>` : nothing}</span
      >`,
  },
  {
    id: 'id',
    label: 'Id',
    width: 116,
    cell: (task) => html`<span class="mono" title=${task.task_id}>${shortId(task.task_id)}</span>`,
  },
  { id: 'group', label: 'Group', width: 104, cell: ({ group }) => text(group) },
  { id: 'lifecycle', label: 'Lifecycle', width: 132, cell: (task) => chain(task) },
  {
    id: 'attempts',
    label: 'Attempts',
    sort: 'retries_used',
    first: 'desc',
    width: 88,
    end: true,
    cell: (task) => orMissing(attemptsText(task)),
  },
  {
    id: 'priority',
    label: 'Priority',
    sort: 'priority',
    first: 'desc',
    width: 80,
    end: true,
    cell: ({ priority }) =>
      priority === null
        ? orMissing(null)
        : html`<span class="priority" data-priority=${priority > 0 ? 'high' : priority < 0 ? 'low' : 'even'}
            >${priority}</span
          >`,
  },
  {
    id: 'waited',
    label: 'Waited',
    width: 84,
    end: true,
    cell: (task, { now }) => orMissing(waited(task, now)),
  },
  {
    id: 'duration',
    label: 'Duration',
    sort: 'duration',
    first: 'desc',
    width: 92,
    end: true,
    cell: (task, { now }) => orMissing(durationText(task, now)),
  },
  {
    id: 'created',
    label: 'Created',
    sort: 'created_at',
    first: 'desc',
    width: 96,
    end: true,
    cell: (task, { now }) => time(task.created_at, now),
  },
  {
    id: 'due',
    label: 'Due',
    width: 88,
    end: true,
    cell: (task, { now }) => time(task.run_at, now),
  },
  {
    id: 'started',
    label: 'Started',
    sort: 'start_time',
    first: 'desc',
    width: 96,
    end: true,
    cell: (task, { now }) => time(task.start_time, now),
  },
  {
    id: 'ended',
    label: 'Finished',
    sort: 'end_time',
    first: 'desc',
    width: 100,
    end: true,
    cell: (task, { now }) => time(task.end_time, now),
  },
  { id: 'instance', label: 'Instance', width: 112, cell: ({ instance }) => text(instance) },
  { id: 'executor', label: 'Executor', width: 84, cell: ({ executor }) => text(executor) },
  {
    id: 'source',
    label: 'Source',
    width: 88,
    cell: ({ source }) => sourceLabel(source),
  },
  {
    id: 'tags',
    label: 'Tags',
    width: 180,
    cell: ({ tags }) => {
      const all = Object.entries(tags).map(([key, value]) => visibleText(`${key}:${value}`))
      return all.length === 0
        ? orMissing(null)
        : html`<span class="truncate mono tags" title=${all.join('\n')}>${all.join(' ')}</span>`
    },
  },
  {
    id: 'payload',
    label: 'Arguments',
    width: 200,
    cell: ({ payload }) =>
      payload === undefined
        ? orMissing(null)
        : html`<span class="truncate block mono" title=${visibleText(JSON.stringify(payload, null, 2))}
            >${excerpt(JSON.stringify(payload), 120)}</span
          >`,
  },
  {
    id: 'logs',
    label: 'Logs',
    width: 76,
    end: true,
    cell: (task, { link }) => {
      if (task.log_count === 0) return orMissing(null)
      const { href, click } = link({ runId: task.task_id, tab: 'logs' })
      return html`<a
        href=${href}
        tabindex="-1"
        aria-label=${t('Log, {count} line|Log, {count} lines', { count: task.log_count })}
        @click=${click}
        >${formatCount(task.log_count)}</a
      >`
    },
  },
  {
    id: 'error',
    label: 'Error',
    width: 190,
    grows: true,
    cell: ({ error }) =>
      error
        ? html`<span class="truncate block" title=${visibleText(error)}>${excerpt(error)}</span>`
        : nothing,
  },
] as const satisfies readonly Column[]

/** What leaves first when there is no room, from its end. The first ones never do. */
const BY_WORTH: readonly ColumnId[] = [
  ...(['state', 'task', 'duration', 'created', 'id', 'attempts', 'error'] as const),
  ...(['payload', 'group', 'lifecycle', 'instance', 'priority', 'waited'] as const),
]
const ALWAYS = 4
/** Rows are cards of two lines below this. */
export const CARDS_BELOW = 560
const CARD: readonly ColumnId[] = ['state', 'task', 'id', 'attempts', 'duration', 'created']
/** Checkbox and row actions. */
const EDGES = 44 + 76

/** The columns that are shown: those that were chosen, or as many as there is room for. */
export function shownColumns(
  width: number,
  chosen: readonly string[] | undefined,
  /** Input of runs is sent to this page. */
  payloads: boolean,
): readonly Column[] {
  if (width < CARDS_BELOW) return only(CARD)
  if (chosen) return only(chosen)
  const ids: ColumnId[] = []
  let room = width - EDGES
  for (const [index, id] of BY_WORTH.entries()) {
    if (id === 'payload' && !payloads) continue
    const column = COLUMNS.find((one) => one.id === id)
    room -= column?.width ?? 0
    if (room < 0 && index >= ALWAYS) break
    ids.push(id)
  }
  return only(ids)
}

/** Pixels below which the columns would no longer fit; the list then scrolls sideways. */
export function leastWidth(columns: readonly Column[]): number {
  return columns.reduce((sum, { width }) => sum + width, EDGES)
}

function only(ids: readonly string[]): readonly Column[] {
  return COLUMNS.filter(({ id }) => ids.includes(id))
}

function text(value: string | null) {
  return value === null
    ? orMissing(null)
    : html`<span class="truncate block" title=${visibleText(value)}>${visibleText(value)}</span>`
}

function time(iso: string | null, now: number) {
  const at = parseInstant(iso)
  if (at === null) return orMissing(null)
  return html`<time datetime=${iso ?? ''} title=${formatAbsolute(at)}>${formatRelative(at, now)}</time>`
}

/** How long it took, or how long it has been running. */
function durationText(task: TaskJson, now: number): string | null {
  if (task.duration !== null) return formatDuration(task.duration)
  if (task.status !== 'running' || !task.start_time) return null
  return formatElapsed((now - Date.parse(task.start_time)) / 1000)
}

/** From when it was due to when it was started, or how long it has been waiting for that. */
function waited(task: TaskJson, now: number): string | null {
  const due = Date.parse(task.run_at)
  const start = parseInstant(task.start_time)
  if (start !== null) return start < due ? null : formatDuration((start - due) / 1000)
  return task.phase === 'queued' ? formatElapsed((now - due) / 1000) : null
}

const STEPS = ['Idle', 'Active', 'Trigger', 'Started', 'Running'] as const
const REACHED: Record<TaskPhase, number> = {
  scheduled: 1,
  blocked: 1,
  queued: 2,
  retrying: 2,
  running: 4,
  success: 5,
  failed: 5,
  interrupted: 5,
  cancelled: 5,
}
const PITCH = 20

/** Six dots from idle to the end; the current one is larger and coloured. */
function chain(task: TaskJson) {
  const reached = REACHED[task.phase]
  const end = isFinal(task.status)
    ? ({ success: t('Success'), failed: t('Failed') }[task.status as string] ?? t('Terminated'))
    : t('End')
  const words = [...STEPS.map((step) => t(step)), end]
  const title = words.map((word, index) => (index === reached ? `[${word}]` : word)).join(' → ')
  return html`<svg
    class="chain ${task.phase === 'running' ? 'pulses' : ''}"
    viewBox="0 0 112 10"
    role="img"
    aria-label="${words[reached]}, ${statusLabel(task.phase)}"
    data-status=${colourOf(task.phase)}
  >
    <title>${title}</title>
    ${words.map((_, index) => {
      const x = 5 + index * PITCH
      const state = index === reached ? 'now' : index < reached ? 'past' : 'ahead'
      return svg`${index > 0 ? svg`<line class=${index <= reached ? 'past' : 'ahead'} x1=${x - PITCH + 5} x2=${x - 5} y1="5" y2="5" />` : nothing}
        <circle class=${state} cx=${x} cy="5" r=${index === reached ? 4 : 2.5} />`
    })}
  </svg>`
}
