import { TaskflowError } from '../errors.ts'

/** Refuses what names no file: a URL of another kind, or a path relative to nobody knows what. */
export function checkTasksFile(tasksFile: unknown, where: string): void {
  const text = tasksFile instanceof URL ? tasksFile.href : tasksFile
  if (typeof text === 'string' && /^(file:\/\/|\/|\\\\|[a-z]:[\\/])/i.test(text)) return
  throw new TaskflowError(
    'configuration',
    `${where}: tasksFile: expected a file URL such as new URL('./tasks.js', import.meta.url) or an absolute path, got ${String(text)}`,
  )
}
