import { DEPENDENCY_FAILED } from '../contract.ts'
import type { Row } from './row.ts'

/** Ties a new row to its parents: it is pending, blocked by some of them, or failed at once. */
export function linkToParents(row: Row, parents: readonly Row[], now: number): void {
  for (const parent of parents) {
    parent.children ??= new Set()
    parent.children.add(row)
    if (isSatisfied(row, parent)) continue
    row.waitsFor ??= new Set()
    row.waitsFor.add(parent.taskId)
  }
  const failed = row.onParentFailure === 'fail' && parents.some(endedBadly)
  if (failed) failForParent(row, now)
}

/** What the end of a row does to the rows that it blocks; those that changed. */
export function releaseChildren(parent: Row, now: number): Row[] {
  const changed: Row[] = []
  for (const child of parent.children ?? []) {
    if (!isBlockedBy(child, parent)) continue
    if (isSatisfied(child, parent)) {
      child.waitsFor?.delete(parent.taskId)
      if (child.waitsFor?.size === 0) child.waitsFor = null
    } else if (child.onParentFailure === 'fail') {
      failForParent(child, now)
    } else {
      continue
    }
    changed.push(child)
  }
  return changed
}

/** Puts a retry in the place of the original, for the rows that this blocks; those that changed. */
export function takePlace(original: Row, retry: Row): Row[] {
  const { taskId } = original
  const renamed = (id: string) => (id === taskId ? retry.taskId : id)
  const changed: Row[] = []
  for (const child of original.children ?? []) {
    if (child === retry || !isBlockedBy(child, original)) continue
    // A child of several of them waits for the retry once.
    child.dependsOn = [...new Set(child.dependsOn.map(renamed))]
    child.waitsFor = new Set([...(child.waitsFor ?? [])].map(renamed))
    original.children?.delete(child)
    retry.children ??= new Set()
    retry.children.add(child)
    changed.push(child)
  }
  return changed
}

/** True when a row that is live needs this one. */
export function hasLiveChildren(row: Row): boolean {
  if (!row.children) return false
  for (const { endTime } of row.children) if (endTime === null) return true
  return false
}

function isBlockedBy(child: Row, parent: Row): boolean {
  return child.status === 'pending' && (child.waitsFor?.has(parent.taskId) ?? false)
}

function isSatisfied(child: Row, parent: Row): boolean {
  return parent.status === 'success' || (child.onParentFailure === 'run' && endedBadly(parent))
}

const endedBadly = ({ status, endTime }: Row) => endTime !== null && status !== 'success'

function failForParent(row: Row, now: number): void {
  row.status = 'failed'
  row.endTime = now
  row.error = DEPENDENCY_FAILED
}
