import { TaskflowError } from '../../errors.ts'
import type { AuditEntry, AuditQuery, AuditStorage, NewAuditEntry } from '../parts.ts'

/** The newest entries stay, however old they are. */
const KEPT = 1000

/** Who did what. */
export class MemoryAudit implements AuditStorage {
  readonly #ids = new Set<string>()
  /** Oldest first. */
  #entries: AuditEntry[] = []
  readonly #clock: () => number

  constructor(clock: () => number) {
    this.#clock = clock
  }

  async append(input: { entries: NewAuditEntry[]; now?: number | undefined }): Promise<void> {
    const at = input.now ?? this.#clock()
    for (const entry of input.entries) {
      if (this.#ids.has(entry.entryId)) continue
      this.#ids.add(entry.entryId)
      this.#insert({ ...structuredClone(entry), at })
    }
  }

  async list(input: AuditQuery): Promise<{ entries: AuditEntry[]; next: string | null }> {
    const after = input.cursor === undefined ? null : parseCursor(input.cursor)
    const found: AuditEntry[] = []
    for (let n = this.#entries.length - 1; n >= 0 && found.length <= input.limit; n -= 1) {
      const entry = this.#entries[n]
      if (!entry || !matches(entry, input)) continue
      if (!after || isBefore(entry, after)) found.push(entry)
    }
    const page = found.slice(0, input.limit)
    const last = page.at(-1)
    return {
      entries: structuredClone(page),
      next: last && found.length > page.length ? JSON.stringify([last.at, last.entryId]) : null,
    }
  }

  /** Deletes old entries. */
  prune(before: number): void {
    const old = this.#entries.slice(0, -KEPT).filter(({ at }) => at < before)
    if (old.length === 0) return
    for (const { entryId } of old) this.#ids.delete(entryId)
    const gone = new Set(old)
    this.#entries = this.#entries.filter((entry) => !gone.has(entry))
  }

  /** By instant, then id; new ones nearly always come last. */
  #insert(entry: AuditEntry): void {
    let at = this.#entries.length
    for (let before = this.#entries[at - 1]; before && isBefore(entry, before); ) {
      at -= 1
      before = this.#entries[at - 1]
    }
    this.#entries.splice(at, 0, entry)
  }
}

type Position = Pick<AuditEntry, 'at' | 'entryId'>

function isBefore(a: Position, b: Position): boolean {
  return a.at === b.at ? a.entryId < b.entryId : a.at < b.at
}

function matches(entry: AuditEntry, query: AuditQuery): boolean {
  return (
    (query.action === undefined || query.action.includes(entry.action)) &&
    (query.actor === undefined || query.actor === entry.actor) &&
    (query.taskId === undefined || query.taskId === entry.taskId) &&
    (query.since === undefined || entry.at >= query.since) &&
    (query.until === undefined || entry.at < query.until)
  )
}

function parseCursor(cursor: string): Position {
  try {
    const [at, entryId] = JSON.parse(cursor)
    if (typeof at === 'number' && typeof entryId === 'string') return { at, entryId }
  } catch {}
  throw new TaskflowError('invalid_input', 'cursor: expected the cursor of an earlier page')
}
