import { Heap } from './heap.ts'
import type { Row } from './row.ts'

interface Entry {
  row: Row
  /** `row.queued` when it was queued; another number means that the entry is out of date. */
  ticket: number
  /** Kept apart from the row's, which may change: the order of a heap must not. */
  runAt: number
}

/** Pending tasks of one function: those not due yet by time, the due ones in claim order. */
export interface Lane {
  readonly funcName: string
  /** Of tasks that took a process down with them; they are claimed one at a time. */
  readonly suspects: boolean
  readonly waiting: Heap<Entry>
  readonly due: Heap<Entry>
}

const byTime = (a: Entry, b: Entry) => a.runAt - b.runAt

/** Priority descending (none is 0), then due time, then id. */
function byClaimOrder(a: Entry, b: Entry): number {
  return (
    (b.row.priority ?? 0) - (a.row.priority ?? 0) ||
    a.runAt - b.runAt ||
    (a.row.taskId < b.row.taskId ? -1 : a.row.taskId > b.row.taskId ? 1 : 0)
  )
}

/** Pending tasks that are not blocked, in the order in which they are to be claimed. */
export class PendingQueue {
  readonly #normal = new Map<string, Lane>()
  readonly #suspects = new Map<string, Lane>()

  /** Queues a pending row, or queues it anew after its due time changed. */
  add(row: Row): void {
    const suspects = row.crashes > 0
    const lanes = suspects ? this.#suspects : this.#normal
    let lane = lanes.get(row.funcName)
    if (!lane) {
      const { funcName } = row
      lane = { funcName, suspects, waiting: new Heap(byTime), due: new Heap(byClaimOrder) }
      lanes.set(funcName, lane)
    }
    lane.waiting.push({ row, ticket: ++row.queued, runAt: row.runAt })
  }

  /** The lanes of these functions, each once. */
  lanes(funcNames: readonly string[]): Lane[] {
    const lanes: Lane[] = []
    for (const name of new Set(funcNames)) {
      const normal = this.#normal.get(name)
      const suspects = this.#suspects.get(name)
      if (normal) lanes.push(normal)
      if (suspects) lanes.push(suspects)
    }
    return lanes
  }
}

/** Takes the next row of these lanes that is due; null when none is. */
export function takeDue(lanes: readonly Lane[], now: number): Row | null {
  let best: Lane | undefined
  let first: Entry | undefined
  for (const lane of lanes) {
    const entry = firstDue(lane, now)
    if (entry && (!first || byClaimOrder(entry, first) < 0)) {
      best = lane
      first = entry
    }
  }
  best?.due.pop()
  return first?.row ?? null
}

/** When the next task of a lane is or was due; null when it is empty. */
export function nextDueAt(lane: Lane, now: number): number | null {
  return (firstDue(lane, now) ?? valid(lane.waiting))?.runAt ?? null
}

function firstDue(lane: Lane, now: number): Entry | undefined {
  for (let entry = valid(lane.waiting); entry && entry.runAt <= now; ) {
    lane.waiting.pop()
    lane.due.push(entry)
    entry = valid(lane.waiting)
  }
  return valid(lane.due)
}

/** The first entry that is still true; what is out of date is dropped on the way. */
function valid(heap: Heap<Entry>): Entry | undefined {
  for (;;) {
    const entry = heap.peek()
    if (!entry || (entry.row.status === 'pending' && entry.row.queued === entry.ticket)) {
      return entry
    }
    heap.pop()
  }
}
