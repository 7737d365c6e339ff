import { defineTask } from '../run/define-task.ts'
import type { TaskManagerOptions } from '../run/options.ts'
import { TaskManager } from '../run/task-manager.ts'
import { createHandler, type RequestOrigin } from './create-handler.ts'
import type { HandlerOptions } from './options.ts'

/** Ends at once. */
export const quick = defineTask({
  name: 'quick',
  group: 'fast',
  run({ n = 0 }: { n?: number }, { log }) {
    log(`n is ${n}`)
    return { n }
  },
})

/** Always fails, without retries. */
export const broken = defineTask({
  name: 'broken',
  run() {
    throw new TypeError(`secret-looking ${'x'.repeat(400)}`)
  },
})

/** Runs until its signal aborts. */
export const endless = defineTask({
  name: 'endless',
  run: (_: void, { signal, log }) => {
    log('started')
    return new Promise<void>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason))
    })
  },
})

/** A handler over a started manager on memory, called like a server would. */
export async function testApp(
  options: Partial<HandlerOptions> = {},
  managerOptions: Partial<TaskManagerOptions> = {},
) {
  const errors: unknown[] = []
  const onError = (error: unknown) => void errors.push(error)
  const manager = new TaskManager({ tasks: [quick, broken, endless], onError, ...managerOptions })
  await manager.start()
  const handler = createHandler(manager, { auth: false, onWarning: () => {}, ...options })
  const base = `http://app.test${handler.basePath}`

  async function call(method: string, path = '', init: RequestInit = {}, from?: RequestOrigin) {
    const response = await handler(new Request(`${base}${path}`, { method, ...init }), from)
    return response
  }
  async function json(method: string, path = '', body?: unknown, headers: object = {}) {
    const init: RequestInit =
      body === undefined
        ? { headers: { ...headers } }
        : {
            body: typeof body === 'string' ? body : JSON.stringify(body),
            headers: { 'content-type': 'application/json', ...headers },
          }
    const response = await call(method, path, init)
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text && JSON.parse(text) }
  }
  /** Waits until a task has the status. */
  async function until(taskId: string, status: string) {
    for (;;) {
      const task = await manager.get(taskId)
      if (task?.status === status) return task
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const stop = () => manager.stop({ graceMs: 0, abortMs: 0 })
  return { manager, handler, call, json, until, errors, stop }
}
