import type { OwnedTask } from './turn.ts'

export interface BeatInput {
  instance: InstanceInfo
  /** 0 joins; then one up each time. */
  beat: number
  /** The highest number known to be stored. [none] */
  acked?: number | undefined
  /** How long the lease lasts from now. */
  leaseMs: number
  /** How many tasks it runs. */
  running: number
  /** Handlers that go on although their task ended: each keeps a slot. [0] */
  unresponsive?: number | undefined
  state: 'running' | 'draining'
  leaving?: boolean | undefined
  now?: number | undefined
}

export interface BeatResult {
  alive: boolean
  /** All other instances with a row here. */
  others: InstanceBeat[]
  cancels: OwnedTask[]
  /** How many tasks run in this instance's name. */
  owned: number
  /**
   * When the next pending task that this instance can run is due; null when none is. Limits are not
   * looked at.
   */
  nextRunAt: number | null
  /** Another text whenever schedules were declared or changed; null without `schedules`. */
  schedulesVersion: string | null
  now: number
}

export interface InstanceBeat {
  instanceId: string
  beat: number
  leaseOver: boolean
  /** The storage itself knows that its process has ended; no need to wait for the lease. */
  gone: boolean
}

/** An instance as it introduces itself. */
export interface InstanceInfo {
  /** Random, new for each start. */
  instanceId: string
  host: string
  pid: number
  /** Version of taskflow. */
  version: string
  /** What it can run, as shown to operators. */
  functions: FunctionInfo[]
}

/** A registered task as operators see it. */
export interface FunctionInfo {
  funcName: string
  group: string | null
  executor: string
  retries: number
  delayMs: number
  /** Null when a function computes the delay. */
  backoff: number | null
  maxDelayMs: number
  jitter: number
  timeoutMs: number | null
  priority: number | null
  requeueOnInterrupt: boolean
  eager: boolean
  /** Null without a limit. */
  concurrency: number | null
  /** Null without a limit. */
  rateLimit: { count: number; perMs: number } | null
  /** Null: the manager's. */
  retentionMs: number | null
  /** Names of the tasks it follows. */
  after: string[]
  /** Schedules of it that this instance's code declares. [none] */
  schedules?: { scheduleId: string; revision: string }[]
}

export interface InstanceDirectory {
  /** All instances with a lease or a lost one not yet buried, oldest first. */
  list(input?: { now?: number | undefined }): Promise<InstanceRecord[]>
}

export interface InstanceRecord extends InstanceInfo {
  startedAt: number
  lastBeatAt: number
  running: number
  unresponsive: number
  state: 'running' | 'draining' | 'stale'
}
