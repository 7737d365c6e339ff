import { type Clock, LAST_INSTANT, LONGEST_DELAY_MS } from '../clock.ts'
import { TaskflowError } from '../errors.ts'
import { encodePayload } from '../json.ts'
import type { TraceSource } from '../observers/trace-source.ts'
import { checkOptionNames, kindOf, type OptionNames } from '../option-names.ts'
import type { TaskSource } from '../record.ts'
import type { NewTask } from '../storage/contract.ts'
import { uuidv7 } from '../uuid.ts'
import { isPriority, type Task } from './define-task.ts'
import { describeError } from './describe-error.ts'
import { type Encryption, payloadBinding } from './encryption/encryption.ts'
import type { TaskExecutor } from './executor.ts'
import type { EnqueueOptions } from './task-queue.ts'

const MAX_KEY = 500
const MAX_TAGS = 50
const MAX_TAG = 200
const MAX_PARENTS = 1_000

const NAMES: OptionNames<EnqueueOptions> = {
  runAt: true,
  delayMs: true,
  priority: true,
  idempotencyKey: true,
  tags: true,
  eager: true,
  dependsOn: true,
  onParentFailure: true,
  via: true,
}

/** What is known of a new task beside its enqueue options. */
export interface Origin {
  source: TaskSource
  retryOf?: string
  flowId?: string | undefined
  scheduleId?: string | undefined
  /** Id of the key to encrypt with, if there is such a key. [the first] */
  keyId?: string | undefined
}

/**
 * Checks what was asked for and makes the task to store.
 *
 * @throws TaskflowError `invalid_payload`, `too_large` or `invalid_input`.
 */
export async function newTask(
  task: Task<unknown, unknown>,
  payload: unknown,
  options: EnqueueOptions,
  origin: Origin,
  limits: {
    clock: Clock
    maxPayloadBytes: number
    executors: ReadonlyMap<string, TaskExecutor>
    encryption: Encryption
    trace: TraceSource | undefined
  },
): Promise<NewTask> {
  checkOptionNames(options, NAMES, { where: `${task.name}: enqueue` })
  checkEager(options.eager)
  // The timer of a schedule may have been set in whatever request came first: not its cause.
  const trace = origin.source === 'scheduled' ? undefined : limits.trace?.()
  const text = encodePayload(payload, task.name, limits.maxPayloadBytes)
  const { settings, name: funcName } = task
  const executor = limits.executors.get(settings.executor)
  if (task.hasSchema || executor?.validate) {
    // What `run` will get is what JSON keeps of the payload, so that is what is checked.
    const input: unknown = payload === undefined ? undefined : JSON.parse(text)
    await task.validate(input)
    checkByExecutor(executor, task, input)
  }
  // Before anything is awaited that takes a while: ids keep the order of the calls.
  const taskId = uuidv7(limits.clock.now())
  const { encryption } = limits
  const { retryOf, keyId } = origin
  const stored = encryption.seals(keyId)
    ? await encryption.seal(text, payloadBinding({ taskId, funcName, retryOf }), keyId)
    : text
  return toStore({ taskId, payload: stored, trace }, task, options, origin)
}

/** Apart, so that nothing of it is kept for the time of an `await`. */
function toStore(
  known: Pick<NewTask, 'taskId' | 'payload' | 'trace'>,
  { name: funcName, settings }: Task<unknown, unknown>,
  options: EnqueueOptions,
  origin: Origin,
): NewTask {
  const { runAt, delayMs } = due(options)
  return {
    taskId: known.taskId,
    funcName,
    group: settings.group,
    payload: known.payload,
    runAt,
    delayMs,
    priority: checkPriority(options.priority) ?? settings.priority,
    maxAttempts: settings.retries + 1,
    requeueOnInterrupt: settings.requeueOnInterrupt,
    idempotencyKey: checkKey(options.idempotencyKey) ?? null,
    tags: checkTags(options.tags ?? {}),
    source: origin.source,
    executor: settings.executor,
    retryOf: origin.retryOf ?? null,
    dependsOn: checkParents(options.dependsOn),
    onParentFailure: checkPolicy(options.onParentFailure),
    flowId: origin.flowId,
    scheduleId: origin.scheduleId,
    trace: known.trace,
  }
}

function checkByExecutor(
  executor: TaskExecutor | undefined,
  task: Task<unknown, unknown>,
  payload: unknown,
): void {
  try {
    executor?.validate?.(task, payload)
  } catch (cause) {
    if (cause instanceof TaskflowError && cause.code === 'invalid_payload') throw cause
    const { error } = describeError(cause)
    const message = `${task.name}: the executor ${executor?.name} refused the payload: ${error}`
    throw new TaskflowError('invalid_payload', message, { cause })
  }
}

function checkParents(ids: readonly string[] | undefined): string[] | undefined {
  if (ids === undefined) return undefined
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string')) {
    throw invalid('dependsOn: expected an array of task ids')
  }
  const parents = [...new Set(ids)]
  if (parents.length <= MAX_PARENTS) return parents
  throw invalid(`dependsOn: expected at most ${MAX_PARENTS} tasks, got ${parents.length}`)
}

function checkPolicy(policy: EnqueueOptions['onParentFailure']): EnqueueOptions['onParentFailure'] {
  if (policy === undefined || ['hold', 'fail', 'run'].includes(policy)) return policy
  throw invalid(`onParentFailure: expected 'hold', 'fail' or 'run', got ${String(policy)}`)
}

function due({ runAt, delayMs }: EnqueueOptions): Pick<NewTask, 'runAt' | 'delayMs'> {
  if (runAt !== undefined && delayMs !== undefined) {
    throw invalid('runAt, delayMs: expected at most one of them')
  }
  if (delayMs !== undefined) {
    if (!(Number.isFinite(delayMs) && delayMs >= 0 && delayMs <= LONGEST_DELAY_MS)) {
      throw invalid(`delayMs: expected milliseconds from 0 to ${LONGEST_DELAY_MS}, got ${delayMs}`)
    }
    return { delayMs: Math.round(delayMs) }
  }
  if (runAt === undefined) return {}
  const at = runAt instanceof Date ? runAt.getTime() : runAt
  if (typeof at !== 'number' || !(Math.abs(at) <= LAST_INSTANT)) {
    const got = typeof runAt === 'number' || runAt instanceof Date ? String(runAt) : kindOf(runAt)
    throw invalid(`runAt: expected epoch milliseconds or a Date, got ${got}`)
  }
  return { runAt: Math.round(at) }
}

function checkPriority(priority: number | undefined): number | undefined {
  if (priority === undefined || isPriority(priority)) return priority
  throw invalid(`priority: expected a whole number of 32 bits, got ${priority}`)
}

function checkKey(key: string | undefined): string | undefined {
  if (key === undefined || (typeof key === 'string' && key !== '' && key.length <= MAX_KEY)) {
    return key
  }
  const got = typeof key === 'string' ? `${key.length}` : typeof key
  throw invalid(`idempotencyKey: expected text of 1 to ${MAX_KEY} characters, got ${got}`)
}

function checkEager(eager: unknown): void {
  if (eager === undefined || typeof eager === 'boolean') return
  throw invalid(`eager: expected true or false, got ${String(eager)}`)
}

function checkTags(tags: Record<string, string>): Record<string, string> {
  if (typeof tags !== 'object' || Array.isArray(tags)) {
    throw invalid('tags: expected an object of texts')
  }
  const entries = Object.entries(tags)
  if (entries.length > MAX_TAGS) {
    throw invalid(`tags: expected at most ${MAX_TAGS}, got ${entries.length}`)
  }
  for (const [key, value] of entries) {
    if (key !== '' && key.length <= MAX_TAG && typeof value === 'string' && value.length <= MAX_TAG)
      continue
    throw invalid(`tags: expected texts of at most ${MAX_TAG} characters, and keys that have any`)
  }
  return Object.fromEntries(entries)
}

const invalid = (message: string) => new TaskflowError('invalid_input', message)
