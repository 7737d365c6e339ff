import { eventually } from '../eventually.ts'

/** A task as the API tells it, as far as these tests read it. */
export interface ApiTask {
  task_id: string
  func_name: string
  status: string
  attempts_made: number
  executor: string
  error: string | null
  result: unknown
  logs: string[]
}

/** Signs in as a browser would and returns a `fetch` for paths of the app. */
export async function signIn(origin: string, username = 'admin', password = 'secret') {
  const login = await fetch(`${origin}/tasks/auth/login`, {
    method: 'POST',
    body: new URLSearchParams({ username, password }),
    redirect: 'manual',
  })
  const cookie = login.headers.get('set-cookie')?.split(';')[0]
  if (!cookie) throw new Error(`expected a session, got ${login.status}: ${await login.text()}`)
  return (path: string, at = origin) => fetch(`${at}${path}`, { headers: { cookie } })
}

type Get = (path: string) => Promise<Response>

/** A `fetch` for an app that asks for no password. */
export function visitor(origin: string): Get {
  return (path) => fetch(`${origin}${path}`)
}

/** Waits until a task has succeeded, and returns it. */
export async function success(get: Get, taskId: string): Promise<ApiTask> {
  let task: ApiTask | undefined
  const status = async () => {
    task = (await (await get(`/tasks/${taskId}`)).json()) as ApiTask
    return `${task.status} ${task.error ?? ''}`.trim()
  }
  await eventually(status, 60_000).toBe('success')
  return task as ApiTask
}
