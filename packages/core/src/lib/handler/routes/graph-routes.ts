import { unknownTask } from '../../errors.ts'
import { functionGraph } from '../graph/function-graph.ts'
import { taskGraph } from '../graph/task-graph.ts'
import { jsonResponse } from '../headers.ts'
import { json } from '../openapi/answers.ts'
import type { Call, Route } from '../route.ts'
import { taskIdOf } from '../task-of.ts'

export const graphRoutes: Route[] = [
  {
    method: 'GET',
    pattern: '/graph',
    right: 'read',
    doc: {
      operation: 'graph',
      summary: 'Which functions follow which, with their tasks by status.',
      answers: { 200: json('FunctionGraph', 'Declared edges, and those of recent flows.') },
    },
    handle: async ({ app }) => jsonResponse(await functionGraph(app.manager)),
  },
  {
    method: 'GET',
    pattern: '/:task_id/graph',
    right: 'read',
    doc: {
      operation: 'taskGraph',
      summary: 'The tasks that one depends on or is needed by, and its flow.',
      answers: { 200: json('TaskGraph', 'At most 500 tasks.') },
    },
    handle: ofTask,
  },
]

async function ofTask(call: Call): Promise<Response> {
  const { manager } = call.app
  const taskId = taskIdOf(call)
  await manager.open()
  const graph = await taskGraph(manager, taskId)
  if (graph.nodes.length === 0) throw unknownTask(taskId)
  return jsonResponse(graph)
}
