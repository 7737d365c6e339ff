import type {
  FunctionJson,
  InstanceJson,
  ScheduleJson,
  SeriesBucketJson,
} from '@taskflow/core/client'

/** A task as `GET /functions` answers it. */
export function makeFunction(name: string, change: Partial<FunctionJson> = {}): FunctionJson {
  return {
    func_name: name,
    group: null,
    executor: 'async',
    retries: 3,
    delay: 1,
    backoff: 2,
    max_delay: 60,
    jitter: 0,
    timeout: null,
    priority: null,
    requeue_on_interrupt: false,
    eager: false,
    concurrency: null,
    rate_limit: null,
    retention: null,
    schema: null,
    paused: false,
    after: [],
    instances: 1,
    analytics: {
      total: 0,
      success: 0,
      failed: 0,
      running: 0,
      success_rate: null,
      avg_duration_seconds: null,
      min_duration_seconds: null,
      max_duration_seconds: null,
      p95_duration_seconds: null,
    },
    last_run: null,
    ...change,
  }
}

/** A schedule, due five minutes after the tests' noon. */
export function makeSchedule(id: string, change: Partial<ScheduleJson> = {}): ScheduleJson {
  const next = new Date(Date.UTC(2026, 10, 19, 12, 15)).toISOString()
  return {
    id,
    name: id,
    func_name: id,
    executor: 'async',
    storage: 'memory',
    trigger: 'cron',
    description: 'Every 15 minutes',
    time_zone: 'Europe/Berlin',
    state: 'scheduled',
    next_run: next,
    next_runs: [next],
    last_run: null,
    last_task_id: null,
    last_status: null,
    misfire: 'latest',
    overlap: 'skip',
    jitter: 0,
    start_at: null,
    end_at: null,
    priority: null,
    tags: {},
    ticks: [],
    ...change,
  }
}

/** One step of a chart, `minute` minutes after the tests' noon. */
export function makeBucket(
  minute: number,
  change: Partial<SeriesBucketJson> = {},
): SeriesBucketJson {
  return {
    at: new Date(Date.UTC(2026, 10, 19, 12, minute)).toISOString(),
    success: 0,
    failed: 0,
    interrupted: 0,
    cancelled: 0,
    avg_duration_seconds: null,
    p95_duration_seconds: null,
    p50_wait_seconds: null,
    p95_wait_seconds: null,
    ...change,
  }
}

/** A process that works. */
export function makeInstance(id: string, change: Partial<InstanceJson> = {}): InstanceJson {
  const at = new Date(Date.UTC(2026, 10, 19, 12, 9, 58)).toISOString()
  return {
    instance_id: id,
    host: 'host',
    pid: 17,
    version: '1.0.0',
    started_at: new Date(Date.UTC(2026, 10, 19, 9, 10)).toISOString(),
    last_beat_at: at,
    running: 0,
    state: 'running',
    ...change,
  }
}
