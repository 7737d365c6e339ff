import type { RequestOptions } from './client.ts'
import { toQueryString } from './query.ts'
import type { ActionJson, ScheduleBulkJson, ScheduleJson } from './wire.ts'

/** Which schedules, in which order. */
export interface ScheduleQuery {
  /** Part of the id or of the function's name. */
  search?: string
  state?: ScheduleJson['state'] | ScheduleJson['state'][]
  executor?: string | string[]
  trigger?: ScheduleJson['trigger'] | ScheduleJson['trigger'][]
  sort?: 'name' | 'trigger' | 'state' | 'next_run'
  order?: 'asc' | 'desc'
  /** Next runs of each, 0–50. [1] */
  upcoming?: number
  /** Ticks of each, 0–100. [5] */
  ticks?: number
}

/** What a client can ask of schedules. */
export interface ScheduleClient {
  /** All schedules that match, by name unless `sort` says otherwise. */
  schedules(query?: ScheduleQuery, options?: RequestOptions): Promise<ScheduleJson[]>
  schedule(
    id: string,
    query?: Pick<ScheduleQuery, 'upcoming' | 'ticks'>,
    options?: RequestOptions,
  ): Promise<ScheduleJson>
  /** Runs it now, beside its times; a one-off is paused with that. */
  runSchedule(id: string, options?: RequestOptions): Promise<ActionJson>
  pauseSchedule(id: string, options?: RequestOptions): Promise<ScheduleJson>
  resumeSchedule(id: string, options?: RequestOptions): Promise<ScheduleJson>
  /** Resolves with the schedule as it was. */
  removeSchedule(id: string, options?: RequestOptions): Promise<ScheduleJson>
  bulkSchedules(
    body: { ids: string[]; action: 'run' | 'pause' | 'resume' | 'remove' },
    options?: RequestOptions,
  ): Promise<ScheduleBulkJson>
}

type Get = (path: string, options?: RequestOptions) => Promise<Response>
type Change = (
  method: 'POST' | 'DELETE',
  path: string,
  body: unknown,
  options?: RequestOptions,
) => Promise<Response>

/** The part of the client that is about schedules. */
export function scheduleClient(get: Get, change: Change): ScheduleClient {
  const at = (id: string, rest = '') => `/schedules/${encodeURIComponent(id)}${rest}`
  async function json<Body>(response: Promise<Response>): Promise<Body> {
    return (await (await response).json()) as Body
  }
  const act = <Body>(path: string, options?: RequestOptions, body?: unknown) =>
    json<Body>(change('POST', path, body, options))
  return {
    schedules: (query = {}, options) =>
      json(get(`/schedules${toQueryString({ ...query })}`, options)),
    schedule: (id, query = {}, options) => json(get(at(id, toQueryString({ ...query })), options)),
    runSchedule: (id, options) => act(at(id, '/run'), options),
    pauseSchedule: (id, options) => act(at(id, '/pause'), options),
    resumeSchedule: (id, options) => act(at(id, '/resume'), options),
    removeSchedule: (id, options) => json(change('DELETE', at(id), undefined, options)),
    bulkSchedules: (body, options) => act('/schedules/bulk', options, body),
  }
}
