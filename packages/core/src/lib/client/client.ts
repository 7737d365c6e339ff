import { ClientError } from './client-error.ts'
import {
  type AuditPage,
  entriesPage,
  type LogPage,
  logPage,
  type RecentLogPage,
  type TaskPage,
  taskPage,
} from './pages.ts'
import {
  type AuditQuery,
  type LogQuery,
  type RecentLogQuery,
  type SeriesQuery,
  type TaskFilterQuery,
  type TaskQuery,
  toQueryString,
} from './query.ts'
import { type ScheduleClient, scheduleClient } from './schedules.ts'
import { createTransport, type TransportOptions } from './transport.ts'
import type {
  ActionJson,
  BulkCancelJson,
  BulkRetryJson,
  DeletedJson,
  FunctionGraphJson,
  FunctionJson,
  HealthJson,
  InstanceJson,
  MetricsJson,
  OverviewJson,
  PausedJson,
  RunStatusJson,
  SeriesBucketJson,
  SessionJson,
  TaskDetailJson,
  TaskGraphJson,
} from './wire.ts'

/** An ad hoc run. */
export interface RunRequest {
  func_name: string
  payload?: unknown
  tags?: Record<string, string>
  priority?: number
  run_at?: string
  /** Tasks with the same key are one task: send the same one again to be safe against doubles. */
  idempotency_key?: string
}

/** Tasks to act on: by id, at most 1000, or all that match a filter. */
export type BulkRequest = (
  | { task_ids: readonly string[] }
  | {
      filter: TaskFilterQuery
      /** How many should match: 409 when it is over 10 % off. */
      expected?: number
    }
) & {
  /** Only counts. [false] */
  dry_run?: boolean
}

/** Every request may be aborted. */
export interface RequestOptions {
  /** Gives up when it aborts; what the server has begun may go on. [never] */
  signal?: AbortSignal
}

/** Typed requests to a taskflow handler, one for each route. Every method rejects with a `ClientError`. */
export interface TaskflowClient extends ScheduleClient {
  /** The task list, newest first unless `sort` says otherwise; without logs unless asked. */
  list(query?: TaskQuery, options?: RequestOptions): Promise<TaskPage>
  /** One task, whole. 404 when it is unknown or was pruned. */
  get(id: string, options?: RequestOptions): Promise<TaskDetailJson>
  /** How far one task is; a token of `createRunToken` is enough. */
  status(id: string, options?: RequestOptions): Promise<RunStatusJson>
  /** Log lines of one task, in order. */
  logs(id: string, query?: LogQuery, options?: RequestOptions): Promise<LogPage>
  /** Log lines of all tasks, newest first. */
  recentLogs(query?: RecentLogQuery, options?: RequestOptions): Promise<RecentLogPage>
  /** The tasks that one depends on or is needed by, and its flow. */
  taskGraph(id: string, options?: RequestOptions): Promise<TaskGraphJson>
  /** Which functions follow which. */
  graph(options?: RequestOptions): Promise<FunctionGraphJson>
  metrics(query?: { func_name?: string; since?: string }, o?: RequestOptions): Promise<MetricsJson>
  /** How tasks ended over time. */
  series(query?: SeriesQuery, options?: RequestOptions): Promise<SeriesBucketJson[]>
  /** Tasks that live instances can run, also those that never ran. */
  functions(options?: RequestOptions): Promise<FunctionJson[]>
  instances(options?: RequestOptions): Promise<InstanceJson[]>
  overview(options?: RequestOptions): Promise<OverviewJson>
  /** Whether it works; resolves with `unavailable` too. */
  health(options?: RequestOptions): Promise<HealthJson>
  /** Who did what, newest first. */
  audit(query?: AuditQuery, options?: RequestOptions): Promise<AuditPage>
  /** Tasks as CSV: the response, to be streamed or read as text. */
  exportCsv(query?: Omit<TaskQuery, 'cursor' | 'logs'>, o?: RequestOptions): Promise<Response>
  /** Who is signed in, and what they may do. */
  session(options?: RequestOptions): Promise<SessionJson>
  /** The OpenAPI 3.1 document. */
  openapi(options?: RequestOptions): Promise<Record<string, unknown>>
  /** Begins a session, by cookie. 401 when name or password is wrong. */
  login(body: { username: string; password: string }, options?: RequestOptions): Promise<void>
  /** Ends the session. */
  logout(options?: RequestOptions): Promise<void>
  /** Starts a task by hand. */
  run(body: RunRequest, options?: RequestOptions): Promise<ActionJson>
  /**
   * A new task with the same input, or with another `payload`. 400 unless failed, interrupted or
   * cancelled.
   */
  retry(id: string, options?: RequestOptions & { payload?: unknown }): Promise<ActionJson>
  /** Makes a scheduled or retrying task due now. 400 for any other. */
  runNow(id: string, options?: RequestOptions): Promise<ActionJson>
  /** Cancels a pending task at once, asks a running one to stop; `force` after its grace period. */
  cancel(id: string, options?: RequestOptions & { force?: boolean }): Promise<ActionJson>
  bulkRetry(body: BulkRequest, options?: RequestOptions): Promise<BulkRetryJson>
  bulkCancel(body: BulkRequest, options?: RequestOptions): Promise<BulkCancelJson>
  /** Retries all that failed since; `since` as `24h`, `7d`, ISO 8601, or `all`. */
  retryFailed(
    query: { since: string; func_name?: string; dry_run?: boolean },
    options?: RequestOptions,
  ): Promise<BulkRetryJson>
  /** Deletes tasks that ended longer ago. */
  deleteHistory(
    query: { value: number; unit: 'min' | 'hour' | 'day'; dry_run?: boolean },
    options?: RequestOptions,
  ): Promise<DeletedJson>
  /** Stops the starting of a function, on all instances, until `resume`. */
  pause(funcName: string, options?: RequestOptions): Promise<PausedJson>
  resume(funcName: string, options?: RequestOptions): Promise<PausedJson>
}

/** Makes a client of the handler at `base`. Works in browsers and in Node. */
export function createClient(options: TransportOptions): TaskflowClient {
  const send = createTransport(options)

  function get(path: string, { signal }: RequestOptions = {}): Promise<Response> {
    return send(path, { headers: { accept: 'application/json' }, ...(signal && { signal }) })
  }
  async function read<Body>(path: string, options?: RequestOptions): Promise<Body> {
    return (await (await get(path, options)).json()) as Body
  }
  function change(
    method: 'POST' | 'DELETE',
    path: string,
    body: unknown,
    { signal }: RequestOptions = {},
  ): Promise<Response> {
    const headers: Record<string, string> = { accept: 'application/json' }
    if (body !== undefined) headers['content-type'] = 'application/json'
    return send(path, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    })
  }
  async function post<Body>(path: string, body?: unknown, options?: RequestOptions) {
    return (await (await change('POST', path, body, options)).json()) as Body
  }
  const at = (id: string, rest = '') => `/${encodeURIComponent(id)}${rest}`

  return {
    list: async (query = {}, options) =>
      taskPage(await get(`/${toQueryString({ logs: 0, ...query })}`, options)),
    get: (id, options) => read(at(id), options),
    status: (id, options) => read(at(id, '/status'), options),
    logs: async (id, query = {}, options) =>
      logPage(await get(at(id, `/logs${toQueryString(query)}`), options)),
    recentLogs: async (query = {}, options) =>
      entriesPage(await get(`/logs${toQueryString(query)}`, options)),
    taskGraph: (id, options) => read(at(id, '/graph'), options),
    graph: (options) => read('/graph', options),
    metrics: (query = {}, options) => read(`/metrics${toQueryString(query)}`, options),
    series: (query = {}, options) => read(`/metrics/series${toQueryString(query)}`, options),
    functions: (options) => read('/functions', options),
    instances: (options) => read('/instances', options),
    overview: (options) => read('/overview', options),
    async health(options) {
      try {
        return await read('/health', options)
      } catch (error) {
        // Its answer, not a failure to answer.
        if (isUnavailable(error)) return { status: 'unavailable' }
        throw error
      }
    },
    audit: async (query = {}, options) =>
      entriesPage(await get(`/audit${toQueryString(query)}`, options)),
    exportCsv: (query = {}, { signal } = {}) =>
      send(`/export.csv${toQueryString(query)}`, {
        headers: { accept: 'text/csv' },
        ...(signal && { signal }),
      }),
    session: (options) => read('/auth/session', options),
    openapi: (options) => read('/openapi.json', options),
    login: async (body, options) => void (await change('POST', '/auth/login', body, options)),
    logout: async (options) => void (await change('POST', '/auth/logout', undefined, options)),
    run: (body, options) => post('/', body, options),
    retry(id, options = {}) {
      const body = 'payload' in options ? { payload: options.payload } : undefined
      return post(at(id, '/retry'), body, options)
    },
    runNow: (id, options) => post(at(id, '/run'), undefined, options),
    cancel: (id, { force, ...options } = {}) =>
      post(at(id, `/cancel${force ? '?force=true' : ''}`), undefined, options),
    bulkRetry: (body, options) => post('/bulk-retry', body, options),
    bulkCancel: (body, options) => post('/bulk-cancel', body, options),
    retryFailed: (query, options) =>
      post(`/retry-failed${toQueryString(query)}`, undefined, options),
    deleteHistory: async (query, options) => {
      const response = await change('DELETE', `/history${toQueryString(query)}`, undefined, options)
      return (await response.json()) as DeletedJson
    },
    pause: (name, options) => post(`/functions${at(name, '/pause')}`, undefined, options),
    resume: (name, options) => post(`/functions${at(name, '/resume')}`, undefined, options),
    ...scheduleClient(get, change),
  }
}

function isUnavailable(error: unknown): boolean {
  return error instanceof ClientError && error.status === 503
}
