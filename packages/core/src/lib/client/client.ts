import { type LogQuery, nextCursor, parseTotal, type TaskQuery, toQueryString } from './query.ts'
import { createTransport, type TransportOptions } from './transport.ts'
import type {
  ActionJson,
  FunctionJson,
  LogEntryJson,
  MetricsJson,
  OverviewJson,
  SessionJson,
  TaskDetailJson,
  TaskJson,
} from './wire.ts'

/** One page of the task list. */
export interface TaskPage {
  tasks: TaskJson[]
  /** Cursor of the next page; null on the last. */
  next: string | null
  /** How many tasks match. At least this many unless `totalExact`. */
  total: number
  totalExact: boolean
  /** Position in the change stream: give it to `openStream` to continue without a gap. */
  cursor: string | null
}

/** One page of a task's log. */
export interface LogPage {
  entries: LogEntryJson[]
  next: string | null
  total: number
  totalExact: boolean
}

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

/** Every request may be aborted. */
export interface RequestOptions {
  signal?: AbortSignal
}

/** Typed requests to a taskflow handler. Every method rejects with a `ClientError`. */
export interface TaskflowClient {
  /** The task list, newest first unless `sort` says otherwise; without logs unless asked. */
  list(query?: TaskQuery, options?: RequestOptions): Promise<TaskPage>
  /** One task, whole. 404 when it is unknown or was pruned. */
  get(id: string, options?: RequestOptions): Promise<TaskDetailJson>
  /** Log lines of one task, in order. */
  logs(id: string, query?: LogQuery, options?: RequestOptions): Promise<LogPage>
  metrics(query?: { func_name?: string; since?: string }, o?: RequestOptions): Promise<MetricsJson>
  /** Tasks that live instances can run, also those that never ran. */
  functions(options?: RequestOptions): Promise<FunctionJson[]>
  overview(options?: RequestOptions): Promise<OverviewJson>
  /** Who is signed in, and what they may do. */
  session(options?: RequestOptions): Promise<SessionJson>
  /** Starts a task by hand. */
  run(body: RunRequest, options?: RequestOptions): Promise<ActionJson>
  /** A new task with the same input. 400 unless failed, interrupted or cancelled. */
  retry(id: string, options?: RequestOptions): Promise<ActionJson>
  /** Cancels a pending task at once, asks a running one to stop; `force` after its grace period. */
  cancel(id: string, options?: RequestOptions & { force?: boolean }): Promise<ActionJson>
}

/** Makes a client of the handler at `base`. Works in browsers and in Node. */
export function createClient(options: TransportOptions): TaskflowClient {
  const send = createTransport(options)

  async function read<Body>(path: string, options: RequestOptions = {}): Promise<Body> {
    return (await (await get(path, options)).json()) as Body
  }
  function get(path: string, options: RequestOptions = {}): Promise<Response> {
    return send(path, { headers: { accept: 'application/json' }, ...options })
  }
  async function post<Body>(path: string, body?: unknown, options: RequestOptions = {}) {
    const headers: Record<string, string> = { accept: 'application/json' }
    if (body !== undefined) headers['content-type'] = 'application/json'
    const response = await send(path, {
      method: 'POST',
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(options.signal && { signal: options.signal }),
    })
    return (await response.json()) as Body
  }

  return {
    async list(query = {}, options) {
      const response = await get(`/${toQueryString({ logs: 0, ...query })}`, options)
      const tasks = (await response.json()) as TaskJson[]
      return { tasks, ...paging(response, tasks.length), cursor: streamCursor(response) }
    },
    get: (id, options) => read(`/${encodeURIComponent(id)}`, options),
    async logs(id, query = {}, options) {
      const path = `/${encodeURIComponent(id)}/logs${toQueryString(query)}`
      const response = await get(path, options)
      const entries = (await response.json()) as LogEntryJson[]
      return { entries, ...paging(response, entries.length) }
    },
    metrics: (query = {}, options) => read(`/metrics${toQueryString(query)}`, options),
    functions: (options) => read('/functions', options),
    overview: (options) => read('/overview', options),
    session: (options) => read('/auth/session', options),
    run: (body, options) => post('/', body, options),
    retry: (id, options) => post(`/${encodeURIComponent(id)}/retry`, undefined, options),
    cancel: (id, { force, ...options } = {}) =>
      post(`/${encodeURIComponent(id)}/cancel${force ? '?force=true' : ''}`, undefined, options),
  }
}

function paging(response: Response, count: number) {
  const next = nextCursor(response.headers.get('link'))
  const total = parseTotal(response.headers.get('x-total-count'))
  return {
    next,
    total: total?.total ?? count,
    totalExact: total?.exact ?? next === null,
  }
}

function streamCursor(response: Response): string | null {
  return response.headers.get('x-taskflow-cursor')
}
