import type { StandardSchemaV1 } from '@standard-schema/spec'
import { LONGEST_DELAY_MS } from '../clock.ts'
import { TaskflowError } from '../errors.ts'
import { checkOptionNames, kindOf, type OptionNames } from '../option-names.ts'
import type { FunctionInfo } from '../storage/contract.ts'
import { currentContext, standaloneContext, type TaskContext } from './context.ts'
import { jsonSchemaOf } from './json-schema.ts'
import type { Follows } from './on.ts'
import type { RetryPolicy } from './retry-policy.ts'
import { isSecretPath } from './secrets.ts'
import { validatePayload } from './validate-payload.ts'

const DAY_MS = 86_400_000
/** What every storage counts with: 32 bits. */
const MOST = 2 ** 31 - 1
/** Names of tasks and ids of schedules. */
export const NAME = /^[\w.:-]{1,200}$/

/** What a task does and how it is run. `Input` is what `enqueue` takes. */
export interface TaskOptions<Payload, Result, Input = Payload> extends Partial<RetryPolicy> {
  /** Stable name: what the storage knows it by. 1–200 of letters, digits and `_ . : -`. */
  name: string
  /** Does the work. Throwing fails the attempt; what it returns (JSON) is the result. */
  run(payload: Payload, context: TaskContext): Promise<Result> | Result
  /** For operators: tasks of a group are shown together. */
  group?: string
  /** Aborts `signal` when an attempt takes longer; the attempt then counts as failed. [no limit] */
  timeoutMs?: number
  /** Higher runs first, 32 bits; a single enqueue can say otherwise. [none, counts as 0] */
  priority?: number
  /** Where it runs: 'async' in this process, or the name of a registered executor. ['async'] */
  executor?: string
  /**
   * What a shutdown or crash makes of a task that was running: pending again, else `interrupted`.
   * Only for tasks that may safely run twice. [false]
   */
  requeueOnInterrupt?: boolean
  /** With request-scoped `tasks`: start at once, not after the response. [false] */
  eager?: boolean
  /** How many of this task run at once, over all instances. [no limit] */
  concurrency?: number
  /**
   * How many start in a while, over all instances: `count` at once after a rest, then one every
   * `perMs / count`. [no limit]
   */
  rateLimit?: { count: number; perMs: number }
  /**
   * Paths of what nobody is to read in a payload: `password`, `card.number`, `items.*.token` (`*` is
   * every element or key). Masked in the HTTP API, and taken out of the task's log and errors. [none]
   */
  secret?: readonly string[]
  /** Its final tasks older than this are deleted. [the manager's] */
  retentionMs?: number
  /**
   * Starts a run whenever a run of one of these succeeds: `after: [on(upstream, (result) =>
   * payload)]`. Stored in the same commit as that success. Both tasks must be given to the manager
   * that runs the upstream. [none]
   */
  after?: readonly Follows<NoInfer<Input>>[]
}

/** With a schema, of any library that implements Standard Schema, payloads are checked at enqueue. */
export interface SchemaTaskOptions<Schema extends StandardSchemaV1, Result>
  extends TaskOptions<
    StandardSchemaV1.InferOutput<Schema>,
    Result,
    StandardSchemaV1.InferInput<Schema>
  > {
  /** Checks payloads at enqueue and before each run; any Standard Schema library's. [none] */
  schema: Schema
}

/**
 * A task: give it to a `TaskManager`, enqueue it, or call `run` like any function.
 * `Payload` is what `enqueue` takes.
 */
export interface Task<in Payload = never, out Result = unknown> {
  readonly name: string
  /** Settings with their defaults filled in. */
  readonly settings: TaskSettings
  /** Checks the payload and does the work. Outside a task, `log` writes to the console. */
  run(payload: Payload, context?: TaskContext): Promise<Result>
  /** False without a schema: `validate` then refuses nothing. */
  readonly hasSchema: boolean
  /** Rejects with `invalid_payload` where the schema refuses. */
  validate(payload: unknown): Promise<void>
  /** JSON Schema of what `enqueue` takes; null without a schema, and when its library tells none. */
  payloadSchema(): Record<string, unknown> | null
}

/** Settings of a task, with defaults. */
export interface TaskSettings extends RetryPolicy {
  group: string | null
  timeoutMs: number | null
  priority: number | null
  executor: string
  requeueOnInterrupt: boolean
  eager: boolean
  concurrency: number | null
  rateLimit: { count: number; perMs: number } | null
  secret: readonly string[]
  retentionMs: number | null
  after: readonly Follows[]
}

const NAMES: OptionNames<SchemaTaskOptions<StandardSchemaV1, unknown>> = {
  name: true,
  run: true,
  schema: true,
  group: true,
  retries: true,
  delayMs: true,
  backoff: true,
  maxDelayMs: true,
  jitter: true,
  timeoutMs: true,
  priority: true,
  executor: true,
  requeueOnInterrupt: true,
  eager: true,
  concurrency: true,
  rateLimit: true,
  secret: true,
  retentionMs: true,
  after: true,
}

/**
 * Defines a task.
 *
 * @throws TaskflowError `configuration` for an option that is not what it should be.
 */
export function defineTask<Schema extends StandardSchemaV1, Result = void>(
  options: SchemaTaskOptions<Schema, Result>,
): Task<StandardSchemaV1.InferInput<Schema>, Result>
export function defineTask<Payload = void, Result = void>(
  options: TaskOptions<Payload, Result> & { schema?: undefined },
): Task<Payload, Result>
export function defineTask(
  options: TaskOptions<unknown, unknown> & { schema?: StandardSchemaV1 | undefined },
): Task<unknown, unknown> {
  // A function has a name as well.
  const isNamed = typeof options === 'object' && typeof options?.name === 'string'
  const where = isNamed ? options.name : 'defineTask'
  checkOptionNames(options, NAMES, { where, code: 'configuration' })
  const { name, schema, run } = options
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw new TaskflowError(
      'configuration',
      `defineTask: name: expected 1–200 letters, digits or _ . : -, got ${JSON.stringify(name)}`,
    )
  }
  if (typeof run !== 'function') {
    throw new TaskflowError('configuration', `${name}: run: expected a function, got ${typeof run}`)
  }
  if (schema !== undefined && typeof schema?.['~standard']?.validate !== 'function') {
    throw new TaskflowError(
      'configuration',
      `${name}: schema: expected one of a Standard Schema library, got ${kindOf(schema)}`,
    )
  }
  const settings = resolveSettings(options)
  const validated = (payload: unknown) => validatePayload(schema, payload, name, settings.secret)
  return {
    name,
    settings,
    hasSchema: schema !== undefined,
    async validate(payload) {
      await validated(payload)
    },
    payloadSchema: () => jsonSchemaOf(schema),
    async run(payload, context = currentContext() ?? standaloneContext(name)) {
      return run(schema ? await validated(payload) : payload, context)
    },
  }
}

/** A task as operators see it. */
export function describeTask({ name, settings }: Task): FunctionInfo {
  const { group, executor, retries, delayMs, backoff, timeoutMs, priority, after } = settings
  return {
    funcName: name,
    group,
    executor,
    retries,
    delayMs,
    backoff: typeof backoff === 'number' ? backoff : null,
    maxDelayMs: settings.maxDelayMs,
    jitter: settings.jitter,
    timeoutMs,
    priority,
    requeueOnInterrupt: settings.requeueOnInterrupt,
    eager: settings.eager,
    concurrency: settings.concurrency,
    rateLimit: settings.rateLimit,
    retentionMs: settings.retentionMs,
    after: [...new Set(after.map(({ upstream }) => upstream.name))],
  }
}

/** Whether it can be a priority, of a task or of a single enqueue. */
export function isPriority(value: unknown): boolean {
  return Number.isInteger(value) && Math.abs(Number(value)) <= MOST
}

function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function resolveSettings(options: TaskOptions<unknown, unknown>): TaskSettings {
  const check = (ok: boolean, option: keyof TaskSettings, expected: string) => {
    if (ok) return
    const got = shown(options[option])
    const message = `${options.name}: ${option}: expected ${expected}, got ${got}`
    throw new TaskflowError('configuration', message)
  }
  const atLeast = (min: number, value: unknown, max = Number.MAX_VALUE) =>
    value === undefined || (typeof value === 'number' && value >= min && value <= max)
  const { retries = 0, backoff = 1, jitter = 0, priority = null, after = [] } = options
  // One more attempt than that must still be counted.
  const most = MOST - 1
  check(
    Number.isInteger(retries) && retries >= 0 && retries <= most,
    'retries',
    `a whole number from 0 to ${most}`,
  )
  check(atLeast(0, options.delayMs), 'delayMs', 'milliseconds of 0 or more')
  check(atLeast(0, options.maxDelayMs), 'maxDelayMs', 'milliseconds of 0 or more')
  check(atLeast(1, options.timeoutMs), 'timeoutMs', 'milliseconds of 1 or more')
  check(
    atLeast(1, options.retentionMs, LONGEST_DELAY_MS),
    'retentionMs',
    `milliseconds of 1 to ${LONGEST_DELAY_MS}`,
  )
  check(
    typeof backoff === 'function' || atLeast(0, backoff),
    'backoff',
    'a number of 0 or more, or a function',
  )
  check(typeof jitter === 'number' && jitter >= 0 && jitter <= 1, 'jitter', 'a number from 0 to 1')
  check(priority === null || isPriority(priority), 'priority', 'a whole number of 32 bits')
  const text = (value: unknown) =>
    value === undefined || (typeof value === 'string' && value !== '')
  check(text(options.group), 'group', 'a name')
  check(text(options.executor), 'executor', 'a name')
  for (const option of ['requeueOnInterrupt', 'eager'] as const) {
    check([undefined, true, false].includes(options[option]), option, 'true or false')
  }
  const { concurrency = null, rateLimit = null } = options
  const whole = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 1
  check(concurrency === null || whole(concurrency), 'concurrency', 'a whole number of 1 or more')
  check(
    rateLimit === null || (whole(rateLimit.count) && atLeast(1, rateLimit.perMs ?? 0)),
    'rateLimit',
    '{ count, perMs }, a whole number and milliseconds of 1 or more',
  )
  const { secret = [] } = options
  check(
    Array.isArray(secret) && secret.every(isSecretPath),
    'secret',
    "paths like 'card.number' or 'items.*.token'",
  )
  const follows = Array.isArray(after) && after.every((one) => one?.upstream && one.payload)
  check(follows, 'after', 'an array of on(task, …)')
  return {
    retries,
    delayMs: options.delayMs ?? 0,
    backoff,
    maxDelayMs: options.maxDelayMs ?? DAY_MS,
    jitter,
    group: options.group ?? null,
    timeoutMs: options.timeoutMs ?? null,
    priority,
    executor: options.executor ?? 'async',
    requeueOnInterrupt: options.requeueOnInterrupt ?? false,
    eager: options.eager ?? false,
    concurrency,
    rateLimit,
    secret: [...secret],
    retentionMs: options.retentionMs ?? null,
    after,
  }
}
