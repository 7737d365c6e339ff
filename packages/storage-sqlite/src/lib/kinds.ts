import type { Session } from './session.ts'

/** What all tasks of one definition share. */
export interface Kind {
  func: string
  group: string | null
  executor: string
  source: string
  maxAttempts: number
  requeue: boolean
}

interface KindRow {
  id: number
  func: string
  group_name: string | null
  executor: string
  source: string
  max_attempts: number
  requeue: number
}

/**
 * The kinds of a database by number: few, and never deleted, so that all of them are kept. Another
 * process may add some at any time; one look at the highest number tells.
 */
export class Kinds {
  readonly #session: Session
  readonly #byId = new Map<number, Kind>()
  readonly #byText = new Map<string, number>()
  readonly #byFunc = new Map<string, number[]>()
  #last = 0

  constructor(session: Session) {
    this.#session = session
  }

  /** The number of a kind, new ones included; inside a write. */
  numberOf(kind: Kind): number {
    const text = textOf(kind)
    const known = this.#byText.get(text)
    if (known !== undefined) return known
    this.#load()
    const loaded = this.#byText.get(text)
    if (loaded !== undefined) return loaded
    const id = this.#last + 1
    this.#session
      .sql(`insert into {kinds} (id, func, group_name, executor, source, max_attempts, requeue)
        values (?, ?, ?, ?, ?, ?, ?)`)
      .run(
        id,
        kind.func,
        kind.group,
        kind.executor,
        kind.source,
        kind.maxAttempts,
        kind.requeue ? 1 : 0,
      )
    this.#add(id, kind)
    return id
  }

  get(id: number): Kind {
    if (!this.#byId.has(id)) this.#load()
    const kind = this.#byId.get(id)
    if (kind === undefined) throw new Error('a task of a kind that is not there')
    return kind
  }

  /** Numbers of all kinds of a function. */
  ofFunction(func: string): readonly number[] {
    return this.#byFunc.get(func) ?? []
  }

  /** All kinds; brings what is known up to date. */
  all(): ReadonlyMap<number, Kind> {
    const { last } = this.#session.sql('select max(id) as last from {kinds}').get() as {
      last: number | null
    }
    if ((last ?? 0) > this.#last) this.#load()
    return this.#byId
  }

  /** False when the newest known is not stored any more: a backup was put in its place. */
  isStored(): boolean {
    const newest = this.#byId.get(this.#last)
    if (newest === undefined) return true
    const row = this.#session.sql('select * from {kinds} where id = ?').get(this.#last)
    return row !== undefined && textOf(kindOf(row as KindRow)) === textOf(newest)
  }

  /** After a rollback: numbers that were given out may not be stored. */
  forget(): void {
    this.#byId.clear()
    this.#byText.clear()
    this.#byFunc.clear()
    this.#last = 0
  }

  #load(): void {
    const rows = this.#session
      .sql('select * from {kinds} where id > ? order by id')
      .all(this.#last) as KindRow[]
    for (const row of rows) this.#add(row.id, kindOf(row))
  }

  #add(id: number, kind: Kind): void {
    this.#last = id
    this.#byId.set(id, kind)
    this.#byText.set(textOf(kind), id)
    const same = this.#byFunc.get(kind.func)
    if (same === undefined) this.#byFunc.set(kind.func, [id])
    else same.push(id)
  }
}

function kindOf(row: KindRow): Kind {
  const { func, group_name: group, executor, source, max_attempts: maxAttempts, requeue } = row
  return { func, group, executor, source, maxAttempts, requeue: requeue === 1 }
}

function textOf({ func, group, executor, source, maxAttempts, requeue }: Kind): string {
  return JSON.stringify([func, group, executor, source, maxAttempts, requeue])
}
