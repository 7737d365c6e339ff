import type { ScheduleBulkJson, ScheduleJson } from '../../client/wire.ts'
import { TaskflowError } from '../../errors.ts'
import { SCHEDULE_ACTIONS, type ScheduleAction } from '../../run/schedules/operations.ts'
import { SCHEDULE_STATES, type ScheduleRecord } from '../../run/schedules/schedule-record.ts'
import { TRIGGER_ALIASES } from '../../run/schedules/trigger.ts'
import type { TaskManager } from '../../run/task-manager.ts'
import { actionAnswer } from '../action-answer.ts'
import { audit, auditRefusal } from '../audit.ts'
import { readBody } from '../body.ts'
import { jsonResponse } from '../headers.ts'
import { json, jsonList } from '../openapi/answers.ts'
import { type Parameter, parameter } from '../openapi/parameters.ts'
import type { Schema } from '../openapi/schema.ts'
import { text } from '../openapi/shapes.ts'
import type { Call, Route } from '../route.ts'
import { scheduleJson } from '../schedule-json.ts'

const MAX_UPCOMING = 50
const MAX_TICKS = 100
const MAX_BULK = 1000
const SORTS = ['name', 'trigger', 'state', 'next_run'] as const

const amounts = (upcoming: number, ticks: number): Parameter[] => [
  parameter('upcoming', 'Next runs of each.', {
    type: 'integer',
    minimum: 0,
    maximum: MAX_UPCOMING,
    default: upcoming,
  }),
  parameter('ticks', 'Past due times of each.', {
    type: 'integer',
    minimum: 0,
    maximum: MAX_TICKS,
    default: ticks,
  }),
]

const oneOf = (values: readonly string[]): Schema => ({ type: 'string', enum: values })

export const scheduleRoutes: Route[] = [
  {
    method: 'GET',
    pattern: '/schedules',
    right: 'read',
    doc: {
      operation: 'schedules',
      summary: 'What runs by the clock, those of other instances too.',
      query: [
        parameter('search', 'Part of the id or of the function name.'),
        parameter('state', 'State.', oneOf(SCHEDULE_STATES), { repeats: true }),
        parameter('executor', 'Where it runs.', text, { repeats: true }),
        parameter('trigger', 'Kind of trigger.', oneOf(TRIGGER_ALIASES), { repeats: true }),
        parameter('sort', 'Order of the list.', { ...oneOf(SORTS), default: 'name' }),
        parameter('order', 'Direction.', { ...oneOf(['asc', 'desc']), default: 'asc' }),
        ...amounts(1, 5),
      ],
      answers: { 200: jsonList('Schedule', 'All that match.') },
    },
    handle: list,
  },
  {
    method: 'GET',
    pattern: '/schedules/:schedule_id',
    right: 'read',
    doc: {
      operation: 'schedule',
      summary: 'One schedule.',
      query: amounts(10, 50),
      answers: { 200: json('Schedule', 'The schedule.') },
    },
    handle: detail,
  },
  {
    method: 'POST',
    pattern: '/schedules/:schedule_id/run',
    right: 'run',
    doc: {
      operation: 'runSchedule',
      summary: 'Runs it now, beside its times; a one-off is paused with that.',
      answers: { 200: json('Action', 'The run.') },
    },
    handle: run,
  },
  {
    method: 'POST',
    pattern: '/schedules/:schedule_id/pause',
    right: 'pause',
    doc: {
      operation: 'pauseSchedule',
      summary: 'Pauses it on all instances, until it is resumed.',
      answers: { 200: json('Schedule', 'The schedule.') },
    },
    handle: pause,
  },
  {
    method: 'POST',
    pattern: '/schedules/:schedule_id/resume',
    right: 'pause',
    doc: {
      operation: 'resumeSchedule',
      summary: 'Lets it go on with its next time from now.',
      answers: { 200: json('Schedule', 'The schedule.') },
    },
    handle: resume,
  },
  {
    method: 'POST',
    pattern: '/schedules/bulk',
    // What each action needs is looked at there.
    right: 'read',
    doc: {
      operation: 'bulkSchedules',
      summary: 'Runs, pauses, resumes or removes many.',
      body: {
        type: 'object',
        properties: {
          ids: { type: 'array', items: text, maxItems: MAX_BULK },
          action: oneOf(SCHEDULE_ACTIONS),
        },
        required: ['ids', 'action'],
        additionalProperties: false,
      },
      answers: { 200: json('ScheduleBulk', 'What became of each.') },
    },
    handle: bulk,
  },
  {
    method: 'DELETE',
    pattern: '/schedules/:schedule_id',
    right: 'delete',
    doc: {
      operation: 'removeSchedule',
      summary: 'Removes it for good: it comes back only with another definition.',
      answers: { 200: json('Schedule', 'The schedule as it was.') },
    },
    handle: remove,
  },
]

/** How many schedules are in which state; all 0 where the storage knows none. */
export async function scheduleCounts(manager: TaskManager) {
  const counts = { pending: 0, scheduled: 0, paused: 0 }
  if (!manager.storage.schedules) return counts
  for (const { state } of await manager.schedules({ upcoming: 0 })) counts[state]++
  return counts
}

async function list({ app: { manager }, query }: Call): Promise<Response> {
  const upcoming = query.integer('upcoming', 1, 0, MAX_UPCOMING)
  const ticks = query.integer('ticks', 5, 0, MAX_TICKS)
  const search = query.one('search')?.toLowerCase()
  const states = query.manyOf('state', SCHEDULE_STATES)
  const executors = query.many('executor')
  const triggers = query.manyOf('trigger', TRIGGER_ALIASES)
  const sort = query.oneOf('sort', SORTS) ?? 'name'
  const order = query.oneOf('order', ['asc', 'desc']) ?? 'asc'
  const found = (await manager.schedules({ upcoming })).filter(
    ({ name, funcName, state, executor, trigger }) =>
      (!search || `${name}\n${funcName}`.toLowerCase().includes(search)) &&
      (!states || states.includes(state)) &&
      (!executors || (executor !== null && executors.includes(executor))) &&
      (!triggers || triggers.includes(trigger)),
  )
  const sorted = found.sort(byKey(sort, order === 'asc' ? 1 : -1))
  return jsonResponse(await Promise.all(sorted.map((each) => withTicks(manager, each, ticks))))
}

async function detail(call: Call): Promise<Response> {
  const { app, query } = call
  const upcoming = query.integer('upcoming', 10, 0, MAX_UPCOMING)
  const ticks = query.integer('ticks', 50, 0, MAX_TICKS)
  return jsonResponse(await scheduleOf(app.manager, idOf(call), upcoming, ticks))
}

async function run(call: Call): Promise<Response> {
  const { manager } = call.app
  const { taskId } = await manager.runSchedule(idOf(call))
  await audit(call, { action: 'run', taskId, detail: { schedule_id: idOf(call) } })
  return actionAnswer(call, { taskId })
}

async function pause(call: Call): Promise<Response> {
  const id = idOf(call)
  if (await call.app.manager.pauseSchedule(id)) await audited(call, 'pause', id)
  return jsonResponse(await scheduleOf(call.app.manager, id))
}

async function resume(call: Call): Promise<Response> {
  const id = idOf(call)
  if (await call.app.manager.resumeSchedule(id)) await audited(call, 'resume', id)
  return jsonResponse(await scheduleOf(call.app.manager, id))
}

/** Answers with the schedule as it was. */
async function remove(call: Call): Promise<Response> {
  const { manager } = call.app
  const id = idOf(call)
  const before = await scheduleOf(manager, id)
  await manager.removeSchedule(id)
  await audited(call, 'remove', id)
  return jsonResponse(before)
}

async function bulk(call: Call): Promise<Response> {
  const body = await readBody(call)
  const action = body.get('action') as ScheduleAction
  const needed = action === 'run' ? 'run' : action === 'remove' ? 'delete' : 'pause'
  if (!call.rights.includes(needed)) {
    await auditRefusal(call, needed)
    throw new TaskflowError('forbidden', `expected the right to ${needed}`)
  }
  const results = await call.app.manager.bulkSchedules(action, body.get('ids') as string[])
  const done = results.filter((result) => result.done)
  await audit(
    call,
    ...done.map(({ scheduleId, taskId }) => ({
      action,
      taskId: taskId ?? undefined,
      detail: { schedule_id: scheduleId },
    })),
  )
  const answer: ScheduleBulkJson = {
    done: done.length,
    skipped: results.length - done.length,
    results: results.map(({ scheduleId, taskId, reason }) => ({
      id: scheduleId,
      task_id: taskId,
      reason,
    })),
  }
  return jsonResponse(answer)
}

async function audited(call: Call, action: ScheduleAction, id: string): Promise<void> {
  await audit(call, { action, detail: { schedule_id: id } })
}

async function scheduleOf(
  manager: TaskManager,
  id: string,
  upcoming = 1,
  ticks = 5,
): Promise<ScheduleJson> {
  return withTicks(manager, await manager.getSchedule(id, { upcoming }), ticks)
}

async function withTicks(
  manager: TaskManager,
  schedule: ScheduleRecord,
  limit: number,
): Promise<ScheduleJson> {
  // One that is not stored has none, nor one that was removed a moment ago.
  const stored = limit > 0 && schedule.state !== 'pending'
  const page = stored ? await ticksOf(manager, schedule.scheduleId, limit) : []
  return scheduleJson(schedule, page)
}

async function ticksOf(manager: TaskManager, scheduleId: string, limit: number) {
  const page = await manager.storage.schedules?.ticks({ scheduleId, limit })
  return page?.ticks ?? []
}

/** Without a next run last, whatever the order; equal ones by name. */
function byKey(sort: 'name' | 'trigger' | 'state' | 'next_run', sign: 1 | -1) {
  return (a: ScheduleRecord, b: ScheduleRecord): number => {
    if (sort !== 'next_run') {
      return compare(a[sort], b[sort]) * sign || compare(a.name, b.name)
    }
    const [left, right] = [a.nextRunAt, b.nextRunAt]
    if (left === null || right === null) {
      return left === right ? compare(a.name, b.name) : left === null ? 1 : -1
    }
    return (left - right) * sign || compare(a.name, b.name)
  }
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

function idOf({ params }: Call): string {
  return params.schedule_id ?? ''
}
