import type * as wire from '../../client/wire.ts'
import { TASK_STATUSES } from '../../record.ts'
import { SCHEDULE_STATES } from '../../run/schedules/schedule-record.ts'
import { TRIGGER_ALIASES } from '../../run/schedules/trigger.ts'
import type { Schema, Schemas } from './schema.ts'
import {
  count,
  instant,
  instantOrNull,
  listOf,
  number,
  object,
  tags,
  text,
  textOrNull,
} from './shapes.ts'

const schedule: Schema = object<wire.ScheduleJson>(
  {
    id: text,
    name: text,
    func_name: text,
    executor: textOrNull,
    storage: text,
    trigger: { type: 'string', enum: TRIGGER_ALIASES },
    description: text,
    time_zone: textOrNull,
    state: { type: 'string', enum: SCHEDULE_STATES },
    next_run: instantOrNull,
    next_runs: listOf(instant),
    last_run: instantOrNull,
    last_task_id: textOrNull,
    last_status: { type: ['string', 'null'], enum: [...TASK_STATUSES, null] },
    misfire: { type: 'string', enum: ['latest', 'skip', 'all'] },
    overlap: { type: 'string', enum: ['skip', 'queue', 'allow'] },
    jitter: number,
    start_at: instantOrNull,
    end_at: instantOrNull,
    priority: { type: ['integer', 'null'] },
    tags,
    ticks: listOf(
      object<wire.ScheduleTickJson>({
        due_at: instant,
        fired_at: instant,
        lateness: number,
        outcome: {
          type: 'string',
          enum: ['ran', 'late', 'missed', 'manual', 'invalid', 'skipped_overlap'],
        },
        task_id: textOrNull,
      }),
    ),
  },
  ['ticks'],
)

const scheduleBulk: Schema = object<wire.ScheduleBulkJson>({
  done: count,
  skipped: count,
  results: listOf(
    object<wire.ScheduleBulkJson['results'][number]>({
      id: text,
      task_id: textOrNull,
      reason: textOrNull,
    }),
  ),
})

/** Schemas of schedules, by name. */
export const scheduleSchemas: Schemas = { Schedule: schedule, ScheduleBulk: scheduleBulk }
