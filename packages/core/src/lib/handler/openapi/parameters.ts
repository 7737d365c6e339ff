import { LOG_LEVELS, LOG_STREAMS, TASK_PHASES, TASK_SOURCES, TASK_STATUSES } from '../../record.ts'
import { TASK_SORTS } from '../../storage/contract.ts'
import type { Schema } from './schema.ts'

/** A query parameter. */
export interface Parameter {
  name: string
  schema: Schema
  description: string
  /** It may be given more than once. */
  repeats?: boolean
  required?: boolean
}

const text: Schema = { type: 'string' }
const flag: Schema = { type: 'string', enum: ['1', '0', 'true', 'false'] }
export const age = '`90m`, `6h`, `7d`, or ISO 8601'

export const parameter = (
  name: string,
  description: string,
  schema: Schema = text,
  more: Partial<Parameter> = {},
): Parameter => ({ name, schema, description, ...more })

const list = (name: string, description: string, values?: readonly string[]): Parameter =>
  parameter(name, description, values ? { type: 'string', enum: values } : text, { repeats: true })

export const flagged = (name: string, description: string): Parameter =>
  parameter(name, description, flag)

export const limit = (standard: number, maximum: number): Parameter =>
  parameter('limit', 'How many, at most.', {
    type: 'integer',
    minimum: 1,
    maximum,
    default: standard,
  })

export const since = parameter('since', `At or after: ${age}.`)
export const until = parameter('until', `Before: ${age}.`)
export const cursor = parameter(
  'cursor',
  'Where the page starts: from the `Link` of an earlier one.',
)
export const funcName = parameter('func_name', 'Only this function.')

/** The filters of the list, the stream, the export and of bulk actions. */
export const filters: readonly Parameter[] = [
  list('status', 'Status.', TASK_STATUSES),
  list('phase', 'Status in more detail.', TASK_PHASES),
  list('func_name', 'Name of the function.'),
  list('group', 'Group of the function.'),
  list('executor', 'Where it runs.'),
  list('source', 'What created it.', TASK_SOURCES),
  list('instance', 'Id of the instance that runs or last ran it.'),
  list('flow_id', 'Id of the flow.'),
  list('schedule_id', 'Id of the schedule.'),
  list('tag', '`key:value`.'),
  parameter('search', 'Start or end of an id, or part of a function name.', {
    type: 'string',
    maxLength: 200,
  }),
  parameter('q', 'Query language, such as `status:failed task:send_* duration:>5s`.', {
    type: 'string',
    maxLength: 2_000,
  }),
  parameter('since', `Created at or after: ${age}.`),
  parameter('until', `Created before: ${age}.`),
]

export const sorting: readonly Parameter[] = [
  parameter('sort', 'Any but `created_at` orders the newest 10 000 matches.', {
    type: 'string',
    enum: TASK_SORTS,
    default: 'created_at',
  }),
  parameter('order', 'Direction.', { type: 'string', enum: ['asc', 'desc'], default: 'desc' }),
]

export const logs = parameter('logs', 'Log lines per record; 0 leaves out logs and stacks.', {
  type: 'integer',
  minimum: 0,
  maximum: 200,
  default: 20,
})

/** Which lines of a log. */
export const logFilters: readonly Parameter[] = [
  parameter(
    'stream',
    '`log`: what `taskLog` wrote. `stdout`, `stderr`: what was captured there, and what `taskLog` wrote, below level error and of it; `stderr` has the errors of failed attempts, too.',
    { type: 'string', enum: LOG_STREAMS },
  ),
  parameter('level', 'This level and above.', {
    type: 'string',
    enum: LOG_LEVELS,
  }),
  parameter('search', 'Part of the text, without regard to case.'),
]
