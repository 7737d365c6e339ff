import type { MetricsJson, OverviewJson, TaskDetailJson, TaskJson } from '@taskflow/core/client'

/** A task record for tests; later `n` are newer. */
export function makeTask(n: number, change: Partial<TaskJson> = {}): TaskJson {
  const at = new Date(Date.UTC(2026, 10, 19, 12, 0, n)).toISOString()
  return {
    task_id: `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`,
    func_name: 'send_email',
    group: null,
    status: 'success',
    phase: 'success',
    created_at: at,
    run_at: at,
    start_time: at,
    end_time: at,
    duration: 1.27,
    attempts_made: 1,
    retries_used: 0,
    max_attempts: 4,
    error: null,
    error_frame: null,
    tags: {},
    source: 'manual',
    priority: null,
    executor: 'async',
    instance: 'web-1',
    progress: null,
    idempotency_key: null,
    flow_id: null,
    schedule_id: null,
    retry_of: null,
    blocked_by: [],
    log_count: 0,
    rev: 1,
    ...change,
  }
}

/** A task as `GET /{task_id}` answers it. */
export function makeDetail(task: TaskJson, change: Partial<TaskDetailJson> = {}): TaskDetailJson {
  return {
    ...task,
    attempts: [],
    lifecycle: [
      { step: 'accepted', at: task.created_at, attempt: null, instance: null, detail: null },
    ],
    cancel_requested_at: null,
    parents: [],
    children: [],
    analytics: {
      total: 1,
      success: 1,
      failed: 0,
      running: 0,
      success_rate: 1,
      avg_duration_seconds: 1,
      min_duration_seconds: 1,
      max_duration_seconds: 1,
      p95_duration_seconds: 1,
    },
    recent_runs: [task],
    logs_truncated: false,
    ...change,
  }
}

/** Numbers for tests, zero unless said otherwise. */
export function makeMetrics(change: Partial<MetricsJson> = {}): MetricsJson {
  return {
    total: 0,
    pending: 0,
    running: 0,
    success: 0,
    failed: 0,
    interrupted: 0,
    cancelled: 0,
    success_rate: null,
    avg_duration_seconds: null,
    p50_duration_seconds: null,
    p95_duration_seconds: null,
    p99_duration_seconds: null,
    queued: 0,
    scheduled: 0,
    blocked: 0,
    retrying: 0,
    oldest_queued_seconds: null,
    throughput_per_minute: 0,
    ...change,
  }
}

/** What `GET /overview` answers. */
export function makeOverview(): OverviewJson {
  return {
    scheduler: 'running',
    time_zone: 'UTC',
    version: '1.0.0',
    uptime_seconds: 1,
    storage: 'memory',
    executors: ['async'],
    executor_counts: [{ executor: 'async', functions: 2, running: 0 }],
    concurrency: 10,
    totals: makeMetrics(),
    schedules: { pending: 0, scheduled: 0, paused: 0 },
    recent_tasks: [],
    instances: [],
    config: {
      title: 'Tasks',
      header_title: 'Tasks of the test',
      description: '',
      expose_payloads: false,
      read_only: false,
      retention_seconds: 7 * 86_400,
      poll_interval_seconds: 30,
    },
  }
}
