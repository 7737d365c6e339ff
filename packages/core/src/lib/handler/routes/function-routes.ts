import { TaskflowError } from '../../errors.ts'
import { NAME } from '../../run/define-task.ts'
import { audit } from '../audit.ts'
import { functionList } from '../function-list.ts'
import { jsonResponse } from '../headers.ts'
import { json, jsonList } from '../openapi/answers.ts'
import type { Call, Route } from '../route.ts'

export const functionRoutes: Route[] = [
  {
    method: 'GET',
    pattern: '/functions',
    right: 'read',
    doc: {
      operation: 'functions',
      summary: 'What live instances can run, with settings and numbers.',
      answers: { 200: jsonList('Function', 'All of them, by name.') },
    },
    handle: async ({ app }) => jsonResponse(await functionList(app.manager)),
  },
  {
    method: 'POST',
    pattern: '/functions/:name/pause',
    right: 'pause',
    doc: {
      operation: 'pause',
      summary: 'Starts none of its tasks any more, on all instances, until it is resumed.',
      answers: { 200: json('Paused', 'The function.') },
    },
    handle: (call) => setPaused(call, true),
  },
  {
    method: 'POST',
    pattern: '/functions/:name/resume',
    right: 'pause',
    doc: {
      operation: 'resume',
      summary: 'Lets a paused function start again.',
      answers: { 200: json('Paused', 'The function.') },
    },
    handle: (call) => setPaused(call, false),
  },
]

/** A function that no live instance has may be paused too, but not one that nobody ever had. */
async function setPaused(call: Call, paused: boolean): Promise<Response> {
  const { manager } = call.app
  const name = call.params.name ?? ''
  if (!NAME.test(name) || !(await isKnown(call, name))) {
    throw new TaskflowError('not_found', `no function ${JSON.stringify(name.slice(0, 100))}`)
  }
  const changed = paused ? await manager.pause(name) : await manager.resume(name)
  if (changed) {
    const action = paused ? 'pause' : 'resume'
    await audit(call, { action, detail: { func_name: name } })
    call.app.hub.functionsChanged()
  }
  return jsonResponse({ func_name: name, paused })
}

async function isKnown({ app: { manager } }: Call, name: string): Promise<boolean> {
  const [live, paused] = await Promise.all([manager.functions(), manager.pausedFunctions()])
  if (paused.has(name) || live.some(({ funcName }) => funcName === name)) return true
  const { tasks } = await manager.list({ filter: { funcName: [name] }, limit: 1 })
  return tasks.length > 0
}
