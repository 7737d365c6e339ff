import { LOG_LEVELS, LOG_STREAMS, TASK_STATUSES } from '../../record.ts'
import type { Schema } from './schema.ts'

/* What schemas are put together from. */

export const text: Schema = { type: 'string' }
export const textOrNull: Schema = { type: ['string', 'null'] }
export const instant: Schema = { type: 'string', format: 'date-time' }
export const instantOrNull: Schema = { type: ['string', 'null'], format: 'date-time' }
export const count: Schema = { type: 'integer', minimum: 0 }
export const whole: Schema = { type: 'integer' }
export const number: Schema = { type: 'number' }
export const numberOrNull: Schema = { type: ['number', 'null'] }
export const flag: Schema = { type: 'boolean' }
export const anything: Schema = {}
export const anyObject: Schema = { type: 'object' }
export const tags: Schema = { type: 'object', additionalProperties: text }
export const status: Schema = { type: 'string', enum: TASK_STATUSES }
export const level: Schema = { type: 'string', enum: LOG_LEVELS }
export const stream: Schema = { type: 'string', enum: LOG_STREAMS }
export const outcome: Schema = {
  type: ['string', 'null'],
  enum: ['success', 'error', 'timeout', 'cancelled', 'crashed', 'released', 'snoozed', null],
}
export const right: Schema = {
  type: 'string',
  enum: ['read', 'run', 'retry', 'cancel', 'pause', 'delete', 'audit'],
}

export const listOf = (items: Schema): Schema => ({ type: 'array', items })

/** An object with these members and no others; what is not required is named after them. */
export function object<Json extends object>(
  properties: Record<keyof Json & string, Schema>,
  optional: readonly (keyof Json & string)[] = [],
): Schema {
  const required = Object.keys(properties).filter((name) => !optional.some((one) => one === name))
  return { type: 'object', properties, required, additionalProperties: false }
}
