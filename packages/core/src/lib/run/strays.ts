import type { OwnedTask } from '../storage/contract.ts'

/**
 * What runs in our name in the storage's eyes and nobody here knows of. By start, not by task: the end
 * of one may still wait here while the next one runs.
 */
export function straysOf(owned: readonly OwnedTask[], known: readonly OwnedTask[]): OwnedTask[] {
  const startOf = ({ taskId, fence }: OwnedTask) => `${taskId} ${fence}`
  const starts = new Set(known.map(startOf))
  return owned.filter((task) => !starts.has(startOf(task)))
}
