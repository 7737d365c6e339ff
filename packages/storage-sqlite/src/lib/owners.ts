import type { Session } from './session.ts'

/** Instances by number: rows name their owner by it. */
export class Owners {
  readonly #session: Session
  readonly #byId = new Map<number, string>()
  readonly #byName = new Map<string, number>()
  #last = 0

  constructor(session: Session) {
    this.#session = session
  }

  /** The number of an instance; undefined when it never joined. */
  find(name: string): number | undefined {
    const known = this.#byName.get(name)
    if (known !== undefined) return known
    const row = this.#session.sql('select id from {owners} where name = ?').get(name)
    if (row === undefined) return undefined
    return this.#add((row as { id: number }).id, name)
  }

  /** The number of an instance, a new one included; inside a write. */
  numberOf(name: string): number {
    const known = this.find(name)
    if (known !== undefined) return known
    const { lastInsertRowid } = this.#session
      .sql('insert into {owners} (name) values (?)')
      .run(name)
    return this.#add(Number(lastInsertRowid), name)
  }

  name(id: number | null): string | null {
    if (id === null) return null
    const known = this.#byId.get(id)
    if (known !== undefined) return known
    const row = this.#session.sql('select name from {owners} where id = ?').get(id)
    const { name } = row as { name: string }
    this.#add(id, name)
    return name
  }

  /** False when the newest known is not stored any more: a backup was put in its place. */
  isStored(): boolean {
    const newest = this.#byId.get(this.#last)
    if (newest === undefined) return true
    const row = this.#session.sql('select name from {owners} where id = ?').get(this.#last)
    return (row as { name: string } | undefined)?.name === newest
  }

  /** After a rollback: numbers that were given out may not be stored. */
  forget(): void {
    this.#last = 0
    this.#byId.clear()
    this.#byName.clear()
  }

  #add(id: number, name: string): number {
    this.#byId.set(id, name)
    this.#byName.set(name, id)
    this.#last = Math.max(this.#last, id)
    return id
  }
}
