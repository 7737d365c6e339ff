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
interface Lane {
  waiting: Heap<Entry>
  due: Heap<Entry>
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

/** Pending tasks in the order in which they are to be claimed. */
export class PendingQueue {
  readonly #lanes = new Map<string, Lane>()

  /** Queues a pending row, or queues it anew after its due time changed. */
  add(row: Row): void {
    let lane = this.#lanes.get(row.funcName)
    if (!lane) {
      lane = { waiting: new Heap(byTime), due: new Heap(byClaimOrder) }
      this.#lanes.set(row.funcName, lane)
    }
    lane.waiting.push({ row, ticket: ++row.queued, runAt: row.runAt })
  }

  /** Takes the next row that is due; null when none is. */
  take(funcNames: string[], now: number): Row | null {
    let best: Lane | undefined
    let first: Entry | undefined
    for (const name of funcNames) {
      const lane = this.#lanes.get(name)
      const entry = lane && this.#firstDue(lane, now)
      if (entry && (!first || byClaimOrder(entry, first) < 0)) {
        best = lane
        first = entry
      }
    }
    best?.due.pop()
    return first?.row ?? null
  }

  /** When the next task of these functions is due. */
  nextRunAt(funcNames: string[], now: number): number | null {
    let next: number | null = null
    for (const name of funcNames) {
      const lane = this.#lanes.get(name)
      if (!lane) continue
      const entry = this.#firstDue(lane, now) ?? valid(lane.waiting)
      if (entry && (next === null || entry.runAt < next)) next = entry.runAt
    }
    return next
  }

  #firstDue(lane: Lane, now: number): Entry | undefined {
    for (let entry = valid(lane.waiting); entry && entry.runAt <= now; ) {
      lane.waiting.pop()
      lane.due.push(entry)
      entry = valid(lane.waiting)
    }
    return valid(lane.due)
  }
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
