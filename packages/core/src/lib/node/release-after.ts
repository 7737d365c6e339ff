import type { NodeResponse } from './node-message.ts'

/**
 * Releases request-scoped tasks once the response has ended: sent, refused, or the client gone.
 * Returns the tasks it was given.
 */
export function releaseAfter<Tasks extends { release(): Promise<void> }>(
  res: NodeResponse,
  tasks: Tasks,
): Tasks {
  // A response that is closed already says so no more.
  if (res.destroyed) void tasks.release()
  else res.once('close', () => void tasks.release())
  return tasks
}
