import { TaskflowError } from '../errors.ts'

interface Host {
  getBuiltinModule?(name: string): { existsSync?(path: URL | string): boolean } | undefined
}

/**
 * Refuses what names no file: a URL of another kind, a path relative to nobody knows what, and one
 * where there is none, as next to a bundle that does not have it.
 */
export function checkTasksFile(tasksFile: unknown, where: string): void {
  const text = tasksFile instanceof URL ? tasksFile.href : tasksFile
  if (typeof text !== 'string' || !/^(file:\/\/|\/|\\\\|[a-z]:[\\/])/i.test(text)) {
    throw new TaskflowError(
      'configuration',
      `${where}: tasksFile: expected a file URL such as new URL('./tasks.js', import.meta.url) or an absolute path, got ${String(text)}`,
    )
  }
  if (exists(text.startsWith('file:') ? new URL(text) : text)) return
  throw new TaskflowError(
    'configuration',
    `${where}: tasksFile: expected a file, there is no ${text}; a bundler has to be given it as an entry point of its own`,
  )
}

/** True also where there is no telling. */
function exists(path: URL | string): boolean {
  const { process } = globalThis as { process?: Host }
  return process?.getBuiltinModule?.('node:fs')?.existsSync?.(path) ?? true
}
