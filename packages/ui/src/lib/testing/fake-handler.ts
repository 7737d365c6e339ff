import {
  isFinal,
  isRetryable,
  type Right,
  type StreamEvents,
  type TaskDetailJson,
  type TaskJson,
} from '@taskflow/core/client'
import { matchesQuery } from '../store/query.ts'
import { makeDetail, makeMetrics, makeOverview } from './records.ts'

/** One stream the page holds open. */
interface OpenStream {
  url: URL
  headers: Headers
  push: (text: string) => void
  end: () => void
}

/**
 * Answers the dashboard's requests from memory and lets a test push events. Stands where `fetch`
 * stands, so that everything from the client upwards is real.
 */
export class FakeHandler {
  tasks: TaskJson[] = []
  details = new Map<string, Partial<TaskDetailJson>>()
  logs = new Map<string, StreamEvents['log'][]>()
  metrics = makeMetrics()
  overview = makeOverview()
  rights: Right[] = ['read', 'run', 'retry', 'cancel']
  user: { id: string; name: string } | null = null
  /** Answers instead of the usual for a path, e.g. `POST /x/retry`. */
  overrides = new Map<string, () => Response | Promise<Response>>()
  signedOut = false
  readonly requests: string[] = []
  /** Bodies of the requests that had one, as they came. */
  readonly bodies: Record<string, unknown>[] = []
  streams: OpenStream[] = []
  #seq = 1

  readonly fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const url = new URL(String(input), 'http://handler.test')
    const path = url.pathname.replace(/^\/(?:tasks|jobs)/, '') || '/'
    const method = init.method ?? 'GET'
    this.requests.push(`${method} ${path}${url.search}`)
    const body = init.body ? (JSON.parse(String(init.body)) as Record<string, unknown>) : {}
    if (init.body) this.bodies.push(body)
    const override = this.overrides.get(`${method} ${path}`)
    if (override) return override()
    if (this.signedOut) return problem(401, 'unauthenticated', 'No session.')
    if (path === '/dashboard/stream') return this.#stream(url, init)
    return this.#answer(method, path, url.searchParams, body)
  }

  /** Sends an event to every open stream. */
  push<Name extends keyof StreamEvents>(name: Name, data: StreamEvents[Name]): void {
    this.#seq += 1
    const text = `id: e.${this.#seq}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`
    for (const stream of this.streams) stream.push(text)
  }

  /** Changes a task as the server would: in its list, in its detail and by an event. */
  change(task: TaskJson): void {
    const index = this.tasks.findIndex((one) => one.task_id === task.task_id)
    if (index < 0) this.tasks.unshift(task)
    else this.tasks[index] = task
    this.push('task', task)
  }

  #stream(url: URL, init: RequestInit): Response {
    const encoder = new TextEncoder()
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const stream: OpenStream = {
          url,
          headers: new Headers(init.headers),
          push: (text) => controller.enqueue(encoder.encode(text)),
          end: () => {
            this.streams = this.streams.filter((one) => one !== stream)
            controller.close()
          },
        }
        this.streams.push(stream)
        const hello = {
          protocol: 1,
          now: new Date(Date.UTC(2026, 10, 19, 12, 10)).toISOString(),
          instance: 'web-1',
          heartbeat_ms: 15_000,
          resumed: true,
          rights: this.rights,
        }
        stream.push(`id: e.${this.#seq}\nevent: hello\ndata: ${JSON.stringify(hello)}\n\n`)
        init.signal?.addEventListener('abort', () => {
          this.streams = this.streams.filter((one) => one !== stream)
        })
      },
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }

  #answer(
    method: string,
    path: string,
    query: URLSearchParams,
    body: Record<string, unknown>,
  ): Response {
    const [, id = '', rest = ''] = path.split('/')
    if (path === '/') return this.#list(query)
    if (path === '/metrics') return Response.json(this.metrics)
    if (path === '/overview') return Response.json(this.overview)
    if (path === '/auth/session') {
      return Response.json({ user: this.user, rights: this.rights, expires_at: null })
    }
    if (path === '/functions') {
      const names = new Set(this.tasks.map((task) => task.func_name))
      return Response.json([...names].map((func_name) => ({ func_name })))
    }
    if (path === '/bulk-retry') return this.#bulk('retry', body)
    if (path === '/bulk-cancel') return this.#bulk('cancel', body)
    if (path === '/history') return Response.json({ deleted: 3 })
    if (path === '/export.csv') return new Response('task_id\n')
    const task = this.tasks.find((one) => one.task_id === id)
    if (!task) return problem(404, 'not_found', 'There is no such task.')
    if (rest === 'logs') return this.#logs(this.logs.get(id) ?? [], query)
    if (method === 'POST' && rest === 'retry') {
      const copy = { ...task, task_id: `${id.slice(0, -1)}f`, retry_of: id, rev: 1 }
      const fresh: TaskJson = { ...copy, status: 'pending', phase: 'queued', error: null }
      this.tasks.unshift(fresh)
      return Response.json({ task_id: fresh.task_id, task: fresh })
    }
    if (method === 'POST' && rest === 'run') {
      const changed: TaskJson = { ...task, phase: 'queued', rev: task.rev + 1 }
      this.tasks = this.tasks.map((one) => (one === task ? changed : one))
      return Response.json({ task_id: id, task: changed })
    }
    if (method === 'POST' && rest === 'cancel') {
      const changed: TaskJson = {
        ...task,
        status: 'cancelled',
        phase: 'cancelled',
        rev: task.rev + 1,
      }
      this.tasks = this.tasks.map((one) => (one === task ? changed : one))
      return Response.json({ task_id: id, task: changed })
    }
    return Response.json(makeDetail(task, this.details.get(id)))
  }

  /** A page of a log, filtered as the server does it. */
  #logs(all: readonly StreamEvents['log'][], query: URLSearchParams): Response {
    if (query.get('format') === 'text') return new Response(all.map(({ text }) => text).join('\n'))
    const [stream, level] = [query.get('stream'), query.get('level')]
    const search = query.get('search')?.toLowerCase() ?? ''
    const levels = ['debug', 'info', 'warn', 'error']
    const found = all.filter(
      (entry) =>
        (!stream ||
          entry.stream === stream ||
          (entry.stream === 'log' && stream === printed(entry))) &&
        (!level || levels.indexOf(entry.level) >= levels.indexOf(level)) &&
        entry.text.toLowerCase().includes(search),
    )
    const from = Number(query.get('cursor') ?? query.get('from') ?? 0)
    const rest = found.filter(({ n }) => n >= from)
    const page = rest.slice(0, Number(query.get('limit') ?? 500))
    const headers = new Headers({ 'x-total-count': String(found.length) })
    const next = rest[page.length]
    if (next) headers.set('link', `</tasks/x/logs?cursor=${next.n}>; rel="next"`)
    return Response.json(page, { headers })
  }

  /** What a bulk action is about, and what becomes of it. */
  #bulk(action: 'retry' | 'cancel', body: Record<string, unknown>): Response {
    const ids = body.task_ids as string[] | undefined
    const filter = (body.filter ?? {}) as Record<string, string | string[]>
    const params = new URLSearchParams()
    for (const [name, values] of Object.entries(filter)) {
      for (const value of [values].flat()) params.append(name, value)
    }
    const meant = ids
      ? this.tasks.filter(({ task_id }) => ids.includes(task_id))
      : this.#find(params)
    const able = meant.filter(({ status }) =>
      action === 'retry' ? isRetryable(status) : !isFinal(status),
    )
    const skipped = ids ? ids.length - able.length : 0
    const results = able.map(({ task_id }) => ({ original_task_id: task_id, task_id }))
    const done = action === 'retry' ? { dispatched: able.length } : { cancelled: able.length }
    return Response.json({ ...done, skipped, results })
  }

  #list(query: URLSearchParams): Response {
    const found = this.#find(query)
    const start = Number(query.get('cursor') ?? 0)
    const end = start + Number(query.get('limit') ?? 100)
    const headers = new Headers({
      'x-total-count': String(found.length),
      'x-taskflow-cursor': `e.${this.#seq}`,
    })
    if (end < found.length) headers.set('link', `</tasks?cursor=${end}>; rel="next"`)
    return Response.json(found.slice(start, end), { headers })
  }

  #find(query: URLSearchParams): TaskJson[] {
    const wanted = [...query.getAll('status'), ...query.getAll('phase')]
    const name = query.get('func_name')
    const q = query.get('q') ?? ''
    const flow = query.get('flow_id')
    const until = query.get('until') ?? '~'
    const now = Date.UTC(2026, 10, 19, 12, 10)
    return this.tasks.filter(
      (task) =>
        (wanted.length === 0 || wanted.includes(task.status) || wanted.includes(task.phase)) &&
        (!name || task.func_name === name) &&
        (!flow || task.flow_id === flow) &&
        task.created_at < until &&
        matchesQuery(q, task, now),
    )
  }
}

/** Where a line of `taskLog` stands. */
function printed({ level }: StreamEvents['log']): string {
  return level === 'error' ? 'stderr' : 'stdout'
}

/** A refusal. */
export function problem(status: number, code: string, detail: string): Response {
  return Response.json({ type: 'about:blank', title: code, status, code, detail }, { status })
}
