import { numbers, texts } from './arrays.ts'

/**
 * From so many entries of the index read by a beat on, claims are made from floors. Fewer are what
 * turns under way leave at any time, and take a few ms.
 */
const PILE = 2_500
/**
 * A floor stays this far behind the clock: a task is due at the instant its insert began, and is seen
 * once that is committed.
 */
const BEHIND_MS = 1_000
/** Beats look at everything every three seconds; without them claims must do so again. */
const GOOD_FOR_MS = 10_000
/** No floor gets as far as this before another look. */
const FAR_MS = 60_000
/** Ranks of one function that have floors: each is looked at by each claim. */
const MAX_RANKS = 20

/** The first ready task of a function and rank. */
export type Head = [func: string, rank: number, runAt: number]

/** What a beat saw of the index. */
export interface Look {
  /** The clock of the beat. */
  now: number
  /** How many entries it read, dead ones too. */
  walked: number
  heads: Head[]
}

/** What a claim brought and left of tasks that are claimed in order. */
export interface Seen {
  /** The clock of the claim. */
  now: number
  claimed: Head[]
  left: Head[]
}

/**
 * Where ready tasks begin in the index. While somebody's old transaction is open, the server keeps the
 * entries of all tasks that have been claimed since, at the head of those that wait, and each claim
 * would walk past them all. Beats do, and notice; only then claims begin at the first task that was
 * seen ready. What becomes ready before that is found by the next beat that looks, and by the next claim
 * if this process did it: it calls `forget`.
 */
export class Floors {
  /** Functions whose beats read many entries. */
  readonly #piled = new Set<string>()
  /** Function, rank, first instant at which there may be something. */
  readonly #known = new Map<string, Map<number, number>>()
  /** When all of a function was looked at. */
  readonly #lookedAt = new Map<string, number>()
  #forgotten = 0
  /** The clock at the last look. */
  #now = 0

  /** To be taken when a statement is made, and given back with what it saw. */
  get age(): number {
    return this.#forgotten
  }

  /** A beat saw the first ready task of each rank, whenever it is due. */
  looked(age: number, funcs: readonly string[], { now, walked, heads }: Look): void {
    for (const func of funcs) {
      if (walked >= PILE) this.#piled.add(func)
      else if (this.#piled.delete(func)) this.#drop(func)
    }
    if (age !== this.#forgotten || walked < PILE) return
    // Claims under way may not have seen what this did, and would pass over it again and again.
    this.#forgotten += 1
    this.#now = now
    for (const func of funcs) this.#lookedAt.set(func, performance.now())
    for (const head of heads) this.#raise(head, now)
  }

  /** The floors that a claim of these functions begins at, as parameters; null without any. */
  of(funcs: readonly string[]): [funcs: string, ranks: string, floors: string] | null {
    if (this.#piled.size === 0) return null
    const now = performance.now()
    const known = funcs.flatMap((func) => {
      const isGood = now - (this.#lookedAt.get(func) ?? Number.NEGATIVE_INFINITY) < GOOD_FOR_MS
      const ranks = isGood ? [...(this.#known.get(func) ?? [])] : []
      return ranks.map(([rank, floor]): Head => [func, rank, floor])
    })
    if (known.length === 0) return null
    return [
      texts(known.map(([func]) => func)),
      numbers(known.map(([, rank]) => rank)),
      numbers(known.map(([, , floor]) => floor)),
    ]
  }

  /** What a claim saw. One that looked at `all` of its functions has no need of a beat. */
  claimed(age: number, funcs: readonly string[], all: boolean, seen: () => Seen): void {
    if (this.#piled.size === 0 || age !== this.#forgotten) return
    const { now, claimed, left } = seen()
    if (all) for (const func of funcs) this.#lookedAt.set(func, performance.now())
    const last = new Map<string, Head>()
    const first = new Map<string, Head>()
    for (const head of claimed) keep(last, head, (runAt, kept) => runAt > kept)
    for (const head of left) keep(first, head, (runAt, kept) => runAt < kept)
    // Of a rank of which nothing is left, or nothing that was read, the last claimed is the floor.
    for (const [func, rank, runAt] of new Map([...last, ...first]).values()) {
      this.#raise([func, rank, runAt], now)
    }
  }

  /** Something was stored that is due at this instant. */
  lower(runAt: number): void {
    if (runAt > this.#now + FAR_MS) return
    // A claim under way has not seen it.
    this.#forgotten += 1
    for (const ranks of this.#known.values()) {
      for (const [rank, floor] of ranks) if (floor > runAt) ranks.set(rank, runAt)
    }
  }

  /** Something may have become ready that is due earlier than what was seen. */
  forget(): void {
    this.#forgotten += 1
    this.#known.clear()
    this.#lookedAt.clear()
  }

  #raise([func, rank, runAt]: Head, now: number): void {
    if (!this.#piled.has(func)) return
    const ranks = this.#known.get(func) ?? new Map<number, number>()
    const floor = Math.min(runAt, now - BEHIND_MS)
    if (ranks.size < MAX_RANKS || ranks.has(rank)) ranks.set(rank, floor)
    this.#known.set(func, ranks)
  }

  #drop(func: string): void {
    this.#known.delete(func)
    this.#lookedAt.delete(func)
  }
}

function keep(
  heads: Map<string, Head>,
  head: Head,
  isBetter: (runAt: number, kept: number) => boolean,
): void {
  const key = `${head[1]} ${head[0]}`
  const kept = heads.get(key)
  if (kept === undefined || isBetter(head[2], kept[2])) heads.set(key, head)
}
