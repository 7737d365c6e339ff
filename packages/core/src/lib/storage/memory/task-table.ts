import type { NewTask } from '../contract.ts'
import { hasLiveChildren, linkToParents, releaseChildren, takePlace } from './dependencies.ts'
import { lowerBound } from './list.ts'
import { PendingQueue } from './queue.ts'
import type { Row } from './row.ts'
import { Running } from './running.ts'
import { Statistics } from './statistics.ts'

/** All rows, filed by what they are looked up by. */
export class TaskTable {
  readonly running = new Running()
  readonly pending = new PendingQueue()
  readonly live = new Set<Row>()
  readonly statistics = new Statistics()
  readonly #rows = new Map<string, Row>()
  #ordered: Row[] = []
  /** Holder of each idempotency key. */
  readonly #keys = new Map<string, Row>()
  /** Retries of each task, which may be gone by now. */
  readonly #retries = new Map<string, Row[]>()
  /** Live rows of each schedule. */
  readonly #ofSchedule = new Map<string, Set<Row>>()

  get(taskId: string): Row | undefined {
    return this.#rows.get(taskId)
  }

  /** All rows by id, which is by time of creation. */
  get ordered(): readonly Row[] {
    return this.#ordered
  }

  /** The row if it runs under that owner and fence. */
  owned(taskId: string, instanceId: string, fence: number): Row | null {
    const row = this.#rows.get(taskId)
    const mine = row?.status === 'running' && row.instance === instanceId && row.fence === fence
    return mine ? row : null
  }

  /** The task that stands where a new one would be a duplicate. */
  standing(task: NewTask): Row | undefined {
    const same = this.#rows.get(task.taskId)
    if (same) return same
    if (task.idempotencyKey !== null) {
      const holder = this.#keys.get(keyOf(task.funcName, task.idempotencyKey))
      if (holder && holdsItsPlace(holder)) return holder
    }
    if (task.retryOf === null) return undefined
    return this.#retries
      .get(task.retryOf)
      ?.find((retry) => holdsItsPlace(retry) && retry.payload === task.payload)
  }

  /** Live rows of a schedule. */
  ofSchedule(scheduleId: string): Iterable<Row> {
    return this.#ofSchedule.get(scheduleId) ?? []
  }

  /** Files a new row; every row that changed goes into `touched`. */
  add(row: Row, now: number, touched: Set<Row>): void {
    this.#rows.set(row.taskId, row)
    const newest = this.#ordered.at(-1)
    if (!newest || newest.taskId < row.taskId) this.#ordered.push(row)
    else this.#ordered.splice(lowerBound(this.#ordered, row.taskId), 0, row)
    this.live.add(row)
    if (row.idempotencyKey !== null) this.#keys.set(keyOf(row.funcName, row.idempotencyKey), row)
    if (row.scheduleId !== null) setOf(this.#ofSchedule, row.scheduleId).add(row)
    touched.add(row)
    if (row.dependsOn.length > 0) {
      const parents = row.dependsOn.flatMap((id) => this.#rows.get(id) ?? [])
      linkToParents(row, parents, now)
    }
    if (row.retryOf !== null) {
      const earlier = this.#retries.get(row.retryOf) ?? []
      this.#retries.set(row.retryOf, [...earlier, row])
      const original = this.#rows.get(row.retryOf)
      for (const former of [...(original ? [original] : []), ...earlier]) {
        if (holdsItsPlace(former)) continue
        for (const child of takePlace(former, row)) touched.add(child)
      }
    }
    this.moved(row, now, touched)
  }

  /**
   * Files a row that is new or left its state: into the queue, or to the finished ones, and so on
   * with the rows that depended on its end; true when one of those is blocked no more.
   */
  moved(row: Row, now: number, touched: Set<Row>): boolean {
    touched.add(row)
    const changed = [row]
    let released = false
    // The list grows while it is gone through: a failure goes on to the children of children.
    for (const next of changed) {
      this.#file(next)
      if (next.endTime === null || !next.children) continue
      for (const child of releaseChildren(next, now)) {
        touched.add(child)
        changed.push(child)
        if (child.status === 'pending' && !child.waitsFor) released = true
      }
    }
    return released
  }

  #file(row: Row): void {
    if (row.status !== 'running') this.running.delete(row)
    if (row.status === 'pending' && !row.waitsFor) this.pending.add(row)
    if (row.endTime === null) return
    this.live.delete(row)
    this.statistics.ended(row)
    if (row.scheduleId !== null) this.#ofSchedule.get(row.scheduleId)?.delete(row)
  }

  /** Rows that ended before an instant and that nothing live needs, oldest end first. */
  endedBefore(instant: number): Row[] {
    return this.#ordered
      .filter((row) => row.endTime !== null && row.endTime < instant && !hasLiveChildren(row))
      .sort((a, b) => (a.endTime ?? 0) - (b.endTime ?? 0))
  }

  forget(rows: readonly Row[]): void {
    const gone = new Set(rows)
    for (const row of gone) this.#forgetOne(row)
    this.#ordered = this.#ordered.filter((row) => !gone.has(row))
    this.statistics.recount(this.#ordered.filter((row) => row.endTime !== null))
  }

  #forgetOne(row: Row): void {
    this.#rows.delete(row.taskId)
    if (row.retryOf !== null) this.#forgetRetry(row, row.retryOf)
    for (const id of row.dependsOn) this.#rows.get(id)?.children?.delete(row)
    if (row.idempotencyKey === null) return
    const key = keyOf(row.funcName, row.idempotencyKey)
    if (this.#keys.get(key) === row) this.#keys.delete(key)
  }

  #forgetRetry(row: Row, original: string): void {
    const left = (this.#retries.get(original) ?? []).filter((retry) => retry !== row)
    if (left.length > 0) this.#retries.set(original, left)
    else this.#retries.delete(original)
  }
}

/** One text for two, so that no two pairs make the same. */
export const keyOf = (first: string, second: string) => `${first.length}.${first}${second}`

/** Failed, interrupted and cancelled tasks give their key and their place as a retry free. */
const holdsItsPlace = ({ status }: Row) =>
  status === 'pending' || status === 'running' || status === 'success'

function setOf(sets: Map<string, Set<Row>>, key: string): Set<Row> {
  const set = sets.get(key) ?? new Set<Row>()
  sets.set(key, set)
  return set
}
