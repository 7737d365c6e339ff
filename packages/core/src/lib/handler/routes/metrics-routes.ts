import { TaskflowError } from '../../errors.ts'
import { acceptedTypes } from '../accepted-types.ts'
import { jsonResponse } from '../headers.ts'
import { json, jsonList, textAnswer } from '../openapi/answers.ts'
import { funcName, parameter, since } from '../openapi/parameters.ts'
import { prometheusText } from '../prometheus.ts'
import type { Call, Route } from '../route.ts'
import { bucketJson, metricsJson } from '../serialize.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const MAX_BUCKETS = 2000
const PROMETHEUS = 'text/plain; version=0.0.4; charset=utf-8'

export const metricsRoutes: Route[] = [
  {
    method: 'GET',
    pattern: '/metrics',
    right: 'read',
    doc: {
      operation: 'metrics',
      summary: 'Counts and durations: of tasks that exist, or with `since` of what ended since.',
      query: [
        funcName,
        since,
        parameter('format', 'Prometheus text is also what `Accept: text/plain` gets.', {
          type: 'string',
          enum: ['json', 'prometheus'],
        }),
      ],
      answers: {
        200: {
          description: 'The numbers.',
          content: { ...json('Metrics', '').content, ...textAnswer('text/plain', '').content },
        },
      },
    },
    handle: metrics,
  },
  {
    method: 'GET',
    pattern: '/metrics/series',
    right: 'read',
    doc: {
      operation: 'series',
      summary: 'How tasks ended over time, and how long those waited that started.',
      query: [
        funcName,
        parameter('window', 'How far back: `90m`, `6h`, `7d`. [1h]'),
        parameter('step', 'Whole minutes: `1m`, `1h`. At most 2000 steps. [1m]'),
      ],
      answers: { 200: jsonList('SeriesBucket', 'One for each step, oldest first.') },
    },
    handle: series,
  },
]

async function metrics(call: Call): Promise<Response> {
  const { app, query, now, request } = call
  const asked = { funcName: query.one('func_name'), since: query.instant('since', now) }
  const format = query.oneOf('format', ['json', 'prometheus'])
  if ((format ?? preferred(request)) === 'prometheus') return prometheus(call, asked.funcName)
  return jsonResponse(metricsJson(await app.manager.metrics(asked), now))
}

async function prometheus({ app, now }: Call, only: string | undefined): Promise<Response> {
  const { manager } = app
  const [known, instances] = await Promise.all([manager.functions(), manager.instances()])
  const names = only === undefined ? known.map((info) => info.funcName) : [only]
  const [totals, ...each] = await manager.metricsOf([
    { funcName: only },
    ...names.map((name) => ({ funcName: name })),
  ])
  if (!totals) throw new TaskflowError('internal', 'metrics: the storage gave no answer')
  const functions = each.map((numbers, n) => ({ funcName: names[n] ?? '', metrics: numbers }))
  const text = prometheusText(totals, functions, instances, now)
  return new Response(text, { headers: { 'content-type': PROMETHEUS } })
}

/** What a scraper asks for; whatever else asks, browsers and curl included, gets JSON. */
function preferred(request: Request): 'json' | 'prometheus' {
  const types = acceptedTypes(request)
  const isText = types.some(
    (type) => type === 'text/plain' || type === 'application/openmetrics-text',
  )
  return isText && !types.includes('application/json') && !types.includes('text/html')
    ? 'prometheus'
    : 'json'
}

async function series({ app, query, now }: Call): Promise<Response> {
  const windowMs = query.duration('window', HOUR)
  const stepMs = query.duration('step', MINUTE)
  if (stepMs % MINUTE !== 0) throw invalid('step: expected whole minutes, such as 1m or 1h')
  if (windowMs / stepMs > MAX_BUCKETS) {
    throw invalid(`window: expected at most ${MAX_BUCKETS} steps; choose a greater step`)
  }
  const since = Math.max(0, now - windowMs)
  const buckets = await app.manager.series({
    funcName: query.one('func_name'),
    since,
    until: now,
    stepMs,
  })
  return jsonResponse(buckets.map(bucketJson))
}

const invalid = (message: string) => new TaskflowError('invalid_input', message)
