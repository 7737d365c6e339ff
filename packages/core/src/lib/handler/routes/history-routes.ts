import { audit } from '../audit.ts'
import { jsonResponse } from '../headers.ts'
import { json } from '../openapi/answers.ts'
import { flagged, parameter } from '../openapi/parameters.ts'
import type { Call, Route } from '../route.ts'

const UNITS = ['min', 'hour', 'day'] as const
const UNIT_MS = { min: 60_000, hour: 3_600_000, day: 86_400_000 }
const MAX_VALUE = 1_000_000

export const historyRoutes: Route[] = [
  {
    method: 'DELETE',
    pattern: '/history',
    right: 'delete',
    doc: {
      operation: 'deleteHistory',
      summary: 'Deletes tasks that ended longer ago; never pending or running ones.',
      query: [
        parameter(
          'value',
          'How many units.',
          { type: 'integer', minimum: 1, maximum: MAX_VALUE },
          { required: true },
        ),
        parameter('unit', 'Unit of `value`.', { type: 'string', enum: UNITS }, { required: true }),
        flagged('dry_run', 'Only counts.'),
      ],
      answers: { 200: json('Deleted', 'How many were deleted, or would be.') },
    },
    handle: deleteHistory,
  },
]

async function deleteHistory(call: Call): Promise<Response> {
  const { app, query } = call
  query.required('value')
  query.required('unit')
  const value = query.integer('value', 1, 1, MAX_VALUE)
  const unit = query.oneOf('unit', UNITS) ?? 'day'
  const dryRun = query.flag('dry_run')
  const olderThanMs = value * UNIT_MS[unit]
  const { deleted } = await app.manager.deleteHistory({ olderThanMs, dryRun })
  if (!dryRun) await audit(call, { action: 'delete_history', detail: { value, unit, deleted } })
  return jsonResponse({ deleted })
}
