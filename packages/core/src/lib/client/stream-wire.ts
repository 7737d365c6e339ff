import type { ScheduleJson } from './schedule-wire.ts'
import type {
  FunctionJson,
  InstanceJson,
  LogEntryJson,
  MetricsJson,
  Right,
  TaskJson,
} from './wire.ts'

/** Events of `GET /dashboard/stream?deltas=1`, by name. */
export interface StreamEvents {
  hello: {
    protocol: 1
    now: string
    instance: string
    heartbeat_ms: number
    /** True when everything since `Last-Event-ID` follows; false when a `state` follows. */
    resumed: boolean
    rights: Right[]
  }
  state: { tasks: TaskJson[]; metrics: MetricsJson; schedules: ScheduleJson[] }
  task: TaskJson
  removed: { task_ids: string[] }
  /** All of them, when one was registered, paused, resumed or is gone. */
  functions: FunctionJson[]
  /** All of them, when one came, went or changed its state. */
  instances: InstanceJson[]
  metrics: MetricsJson
  /** All of them, when one has changed or run; at most once a second. */
  schedules: ScheduleJson[]
  log: LogEntryJson & { task_id: string }
  resync: Record<string, never>
  health: { status: 'ok' | 'degraded' | 'unavailable' }
  bye: { reason: 'shutdown' | 'reauth' | 'slow' }
}
