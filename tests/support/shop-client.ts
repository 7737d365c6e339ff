import { expect } from 'vitest'

/** A task record, as far as these tests read it. */
export interface Task {
  task_id: string
  func_name: string
  status: string
  attempts_made: number
}

const final = ['success', 'failed', 'interrupted', 'cancelled']

/** Posts JSON (text is sent as it is). */
export function post(origin: string, path: string, body: unknown): Promise<Response> {
  return fetch(`${origin}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

/** Posts to the shop and returns the id of the accepted task, after checking the answer. */
export async function accepted(origin: string, path: string, body: unknown): Promise<string> {
  const response = await post(origin, path, body)
  expect(response.status).toBe(202)
  const { task_id, url } = (await response.json()) as { task_id: string; url: string }
  expect(url).toBe(`/tasks/${task_id}`)
  return task_id
}

export async function read<Value>(origin: string, path: string): Promise<Value> {
  const response = await fetch(`${origin}${path}`)
  expect(response.status).toBe(200)
  return (await response.json()) as Value
}

/** Waits until a task has this status. */
export async function reaches(origin: string, taskId: string, status: string): Promise<void> {
  const look = async () => (await read<Task>(origin, `/tasks/${taskId}`)).status
  await expect.poll(look, { timeout: 15_000 }).toBe(status)
}

/** Waits until every one of these tasks has ended, and returns them. */
export async function allEnd(origin: string, taskIds: string[]): Promise<Task[]> {
  let tasks: Task[] = []
  const unfinished = async () => {
    tasks = await read<Task[]>(origin, '/tasks?limit=1000&logs=0')
    const ended = tasks.filter(({ status }) => final.includes(status)).map((task) => task.task_id)
    return taskIds.filter((id) => !ended.includes(id))
  }
  await expect.poll(unfinished, { timeout: 45_000, interval: 200 }).toEqual([])
  return tasks.filter((task) => taskIds.includes(task.task_id))
}

/** Status and code of a problem+json answer. */
export async function problem(response: Response) {
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  const { code, issues } = (await response.json()) as { code: string; issues?: unknown[] }
  return { status: response.status, code, ...(issues && { issues: issues.length }) }
}
