import { defineTask, type HandlerOptions, memoryStorage, TaskManager } from '../../../index.ts'
import type { AdapterHarness, AppRequest, AppResponse } from './harness.ts'

/** Runs for nothing but to be seen. */
export const probe = defineTask({
  name: 'adapter_probe',
  run: (payload: { note: string }) => ({ note: payload.note }),
})

/** The same, started at once although the response is still to come. */
export const eagerProbe = defineTask({
  name: 'adapter_eager_probe',
  eager: true,
  run: (payload: { note: string }) => ({ note: payload.note }),
})

/** A server with an app under test. */
export interface Fixture {
  url: string
  manager: TaskManager
}

/** What differs from an app without auth or body parser that answers 404. */
export interface FixtureInput {
  options?: Partial<HandlerOptions>
  bodyParser?: boolean
  app?: (request: AppRequest, fixture: { manager: TaskManager }) => Promise<AppResponse>
}

/** Serves an app for the length of one test. */
export async function serving(
  harness: AdapterHarness,
  input: FixtureInput,
  test: (fixture: Fixture) => Promise<void>,
): Promise<void> {
  const manager = new TaskManager({ tasks: [probe, eagerProbe], storage: memoryStorage() })
  const options = Object.freeze({ auth: false as const, onWarning: () => {}, ...input.options })
  const answer = input.app ?? (async () => ({ status: 404, text: 'the app has no such page' }))
  const server = await harness.serve({
    manager,
    options,
    bodyParser: input.bodyParser ?? false,
    app: (request) => answer(request, { manager }),
  })
  try {
    await test({ url: server.url, manager })
  } finally {
    await server.close()
    await manager.stop({ graceMs: 0, abortMs: 0 })
  }
}

/** Looks again and again until there is something; throws when there is nothing for 10 s. */
export async function eventually<Value>(
  what: string,
  look: () => Value | Promise<Value>,
): Promise<Exclude<Value, null | undefined | false>> {
  const deadline = performance.now() + 10_000
  while (performance.now() < deadline) {
    const value = await look()
    if (value !== null && value !== undefined && value !== false) {
      return value as Exclude<Value, null | undefined | false>
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error(`Expected within 10 s: ${what}`)
}

/** Waits until a task has ended well. */
export async function succeeded(manager: TaskManager, taskId: string): Promise<void> {
  await eventually(`task ${taskId} succeeds`, async () => {
    const task = await manager.get(taskId)
    return task?.status === 'success'
  })
}

/** A promise with its resolver. */
export function gate(): { opened: Promise<void>; open(): void } {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}
