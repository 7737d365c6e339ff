import { describe, expect, it } from 'vitest'
import { createRunToken } from './handler/auth/run-token.ts'
import { createToken } from './handler/auth/token.ts'
import { createHandler } from './handler/create-handler.ts'
import { processExecutor } from './node/executors/process-executor.ts'
import { threadExecutor } from './node/executors/thread-executor.ts'
import { fileObserver } from './node/file-observer.ts'
import { nodeHandler } from './node/node-handler.ts'
import { consoleObserver } from './observers/console-observer.ts'
import { memoryObserver } from './observers/memory-observer.ts'
import { openTelemetry } from './opentelemetry/open-telemetry.ts'
import { checkOptionNames, nearestName } from './option-names.ts'
import { defineTask } from './run/define-task.ts'
import type { TaskManager } from './run/task-manager.ts'
import { start } from './run/test-manager.ts'
import { memoryStorage } from './storage/memory/memory-storage.ts'

const names = [
  'concurrency',
  'retentionMs',
  'timeoutMs',
  'maxPending',
  'tags',
  'id',
  'idempotencyKey',
]

describe('the nearest name', () => {
  it.each([
    ['concurency', 'concurrency'],
    ['cocnurrency', 'concurrency'],
    ['Concurrency', 'concurrency'],
    ['retention', 'retentionMs'],
    ['timeout', 'timeoutMs'],
    ['timeoutSeconds', null],
    ['timeoutMS', 'timeoutMs'],
    ['idempotency_key', 'idempotencyKey'],
    ['tag', 'tags'],
    ['di', null],
    ['nothing', null],
    ['__proto__', null],
    ['x'.repeat(100_000), null],
  ])('%.30s: %s', (given, name) => {
    expect(nearestName(given, names)).toBe(name)
  })
})

describe('options that there are not', () => {
  const where = { where: 'here' }

  it('are refused by name, with the nearest or all there are', () => {
    const refuse = (options: unknown) => () =>
      checkOptionNames(options, { tags: true, id: true }, where)
    expect(refuse({ tag: 1 })).toThrow('here: no option "tag": expected tags')
    expect(refuse({ id: 1, no: undefined })).toThrow(
      'here: no option "no": expected one of tags, id',
    )
    expect(refuse(JSON.parse('{"__proto__": 1}'))).toThrow('here: no option "__proto__"')
    expect(refuse(null)).toThrow('here: expected an object of options, got null')
    expect(refuse([])).toThrow('here: expected an object of options, got an array')
    expect(refuse({})).not.toThrow()
    expect(refuse(Object.create({ inherited: 1 }))).not.toThrow()
  })

  const task = defineTask({ name: 'task', run: (payload: unknown) => payload })
  /** As code without types calls it. */
  const odd = (value: object) => value as never
  const calls: [string, (manager: TaskManager) => unknown, string][] = [
    [
      'enqueue',
      (m) => m.enqueue(task, 1, odd({ idempotency_key: 'a' })),
      'task: enqueue: no option "idempotency_key": expected idempotencyKey',
    ],
    [
      'enqueueMany',
      (m) => m.enqueueMany(task, [{ payload: 1, options: odd({ delay: 1 }) }]),
      'task: enqueue: no option "delay": expected delayMs',
    ],
    [
      'an item',
      (m) => m.enqueueMany(task, [odd({ payload: 1, delayMs: 5 })]),
      'enqueueMany: no option "delayMs": expected one of payload, options',
    ],
    [
      'forRequest().enqueue',
      (m) => m.forRequest().enqueue(task, 1, odd({ priorty: 1 })),
      'task: enqueue: no option "priorty": expected priority',
    ],
    [
      'a task of a flow',
      (m) => m.flow((flow) => flow.add(task, 1, odd({ dependsOn: [] }))),
      'task: flow: no option "dependsOn": expected one of after, runAt, delayMs, priority, idempotencyKey, tags, eager, onParentFailure',
    ],
    ['a flow', (m) => m.flow(() => {}, odd({ vai: 1 })), 'flow: no option "vai": expected via'],
    [
      'schedule',
      (m) => m.schedule(task, { everyMs: 1000 }, odd({ payload: 1, jitter: 5 })),
      'schedule: no option "jitter": expected jitterMs',
    ],
    [
      'a trigger',
      (m) => m.schedule(task, odd({ cron: '* * * * *', timezone: 'UTC' }), { payload: 1 }),
      'schedule: task: no option "timezone": expected timeZone',
    ],
    ['stop', (m) => m.stop(odd({ graceMS: 5 })), 'stop: no option "graceMS": expected graceMs'],
    [
      'cancel',
      (m) => m.cancel('x', odd({ forced: true })),
      'cancel: no option "forced": expected force',
    ],
    ['retry', (m) => m.retry('x', odd({ data: 1 })), 'retry: no option "data": expected payload'],
    [
      'result',
      (m) => m.result({ taskId: 'x' }, odd({ timeout: 1 })),
      'result: no option "timeout": expected timeoutMs',
    ],
    [
      'deleteHistory',
      (m) => m.deleteHistory(odd({ olderThan: 1 })),
      'deleteHistory: no option "olderThan": expected olderThanMs',
    ],
  ]

  it.each(calls)('of %s', async (_, call, message) => {
    const { manager } = await start([task])
    await expect((async () => call(manager))()).rejects.toMatchObject({
      code: 'invalid_input',
      message,
    })
  })

  it('of a manager, a task and a handler', async () => {
    await expect(start([task], odd({ concurency: 5 }))).rejects.toMatchObject({
      code: 'configuration',
      message: 'TaskManager: no option "concurency": expected concurrency',
    })
    expect(() => defineTask({ name: 'a', run() {}, ...({ timeout: 5 } as object) })).toThrow(
      'a: no option "timeout": expected timeoutMs',
    )
    const { manager } = await start([task])
    expect(() => createHandler(manager, odd({ auth: false, path: '/x' }))).toThrow(
      'createHandler: no option "path": expected one of auth, basePath',
    )
    const cookie = { same_site: 'lax' }
    expect(() => createHandler(manager, odd({ auth: false, cookie }))).toThrow(
      'createHandler: cookie: no option "same_site": expected sameSite',
    )
  })

  const tasksFile = new URL('tasks.js', import.meta.url)
  const key = { id: 'a', secret: 's'.repeat(32) }
  const parts: [string, () => unknown, string][] = [
    [
      'consoleObserver',
      () => consoleObserver(odd({ fromat: 'json' })),
      'consoleObserver: no option "fromat": expected format',
    ],
    [
      'fileObserver',
      () => fileObserver(odd({ file: 'x.log', maxByte: 5 })),
      'fileObserver: no option "maxByte": expected maxBytes',
    ],
    [
      'memoryObserver',
      () => memoryObserver(odd({ max: 5 })),
      'memoryObserver: no option "max": expected limit',
    ],
    [
      'openTelemetry',
      () => openTelemetry(odd({ tracers: 5 })),
      'openTelemetry: no option "tracers": expected tracer',
    ],
    [
      'threadExecutor',
      () => threadExecutor(odd({ tasksFile, resourceLimit: {} })),
      'threadExecutor: no option "resourceLimit": expected resourceLimits',
    ],
    [
      'processExecutor',
      () => processExecutor(odd({ tasksFile, resourceLimits: {} })),
      'processExecutor: no option "resourceLimits": expected one of name, tasksFile, concurrency, graceMs, execArgv, env, clock',
    ],
    [
      'memoryStorage',
      () => memoryStorage(odd({ clock: Date.now })),
      'memoryStorage: no option "clock": expected now',
    ],
    [
      'createToken',
      () => createToken(odd({ secretKey: key.secret, user: { id: 'a', name: 'A' }, expiresIn: 5 })),
      'createToken: no option "expiresIn": expected expiresInMs',
    ],
    [
      'createRunToken',
      () => createRunToken(odd({ secretKey: key.secret, taskid: 'a' })),
      'createRunToken: no option "taskid": expected taskId',
    ],
    [
      'nodeHandler',
      () =>
        nodeHandler(
          odd(() => {}),
          odd({ onerror: () => {} }),
        ),
      'nodeHandler: no option "onerror": expected onError',
    ],
    [
      'the encryption of a manager',
      () => start([task], odd({ encryption: { keys: [key], decrypt: true } })),
      'TaskManager: encryption: no option "decrypt": expected decryptOnly',
    ],
    [
      'a key of it',
      () => start([task], odd({ encryption: { keys: [{ ...key, secrets: [] }] } })),
      'TaskManager: encryption: keys: no option "secrets": expected secret',
    ],
  ]

  it.each(parts)('of %s', async (_, make, message) => {
    await expect((async () => make())()).rejects.toMatchObject({ code: 'configuration', message })
  })
})
