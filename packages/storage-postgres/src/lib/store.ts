import { randomInt } from 'node:crypto'
import { StorageUnavailableError } from '@taskflow/core'
import postgres, { type Sql } from 'postgres'
import { codeOf, isAnswer, isConflict, toError } from './errors.ts'
import { Floors } from './floors.ts'
import type { CheckedOptions } from './options.ts'
import { patiently } from './patience.ts'
import { CallRunner, type Runner } from './runner.ts'
import { NAMED } from './tables.ts'

/** How often a call is made again after it lost a conflict with others. */
const TRIES = 6
/**
 * When postgres.js gives up a connection that it makes, whatever else this process was busy with.
 * Calls give up earlier, by the two that follow.
 */
const CONNECT_SECONDS = 5
/** How long an answer may take before it is asked whether the server is there at all. */
const DOUBT_MS = 1_500
/** How long the answer to that may take. */
const ANSWER_WITHIN_MS = 1_500
/** How long a statement may take that only reads: somebody looks at a page, and can ask for less. */
const LOOK_MS = 3_000
/** Places to count at, and how many of them a process uses: more are more rows to add up. */
const SLOTS = 16
const OWN_SLOTS = 3

/**
 * Session settings that keep the plan of a prepared statement good whatever the statistics said
 * when it was made: an empty table grows by a million rows without being planned anew.
 */
export const STABLE_PLANS = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  enable_bitmapscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  jit: 'off',
}

/** The connections of an open storage. */
export class Store {
  readonly options: CheckedOptions
  /** Names this set of tables in cursors, so that another's cursor is not taken for ours. */
  readonly epoch: string
  /** Tasks that crashed before waited at the last look: claims with an eye on them are larger. */
  suspectsWait = false
  /** Where claims begin to look beside an old transaction. */
  readonly floors = new Floors()
  /** Statements of work. */
  #work: Sql
  /** Lists and counts: they may take long, and must not be waited for. */
  #look: Sql
  /** Beats: whoever misses them is taken for dead, so nothing may be in their way. */
  #beat: Sql
  readonly #names = new Map<string, string>()
  /** No Set: its old tables would keep the answers alive. */
  #underWay: Promise<unknown>[] = []
  /** How many calls use a client. */
  readonly #users = new Map<Sql, number>()
  /** How many statements have come back. */
  #heard = 0
  readonly #firstSlot = randomInt(SLOTS)
  #turn = 0

  constructor(options: CheckedOptions, epoch: string) {
    this.options = options
    this.epoch = epoch
    this.#work = options.sql ?? this.#connect(options.max, STABLE_PLANS)
    this.#look = options.sql ?? this.#connectLook()
    this.#beat = options.sql ?? this.#connect(1, STABLE_PLANS)
  }

  /**
   * Where a statement counts what it ended. Two that count at one place wait for each other to be
   * committed: those of a process take turns at its own few, which mostly are not another's.
   */
  nextSlot(): number {
    this.#turn = (this.#turn + 1) % OWN_SLOTS
    return (this.#firstSlot + this.#turn) % SLOTS
  }

  /** A call that works with prepared statements. It is made again if it lost a conflict. */
  work<Result>(call: (runner: CallRunner) => Promise<Result>): Promise<Result> {
    return this.#call(call, () => this.#work)
  }

  /** As `work`, by a connection that waits for nothing else. */
  beat<Result>(call: (runner: Runner) => Promise<Result>): Promise<Result> {
    return this.#call(call, () => this.#beat)
  }

  /** A call that only reads, planned for the case at hand; a statement of it may take 3 s. */
  look<Result>(call: (runner: CallRunner) => Promise<Result>): Promise<Result> {
    return this.#call(call, () => this.#look, false)
  }

  /** A call in one transaction. */
  transaction<Result>(call: (runner: Runner) => Promise<Result>): Promise<Result> {
    return this.work((runner) => runner.transaction(call))
  }

  /** The statement with the names of this schema's tables. */
  readonly named = (text: string): string => {
    let named = this.#names.get(text)
    if (named === undefined) {
      named = text.replace(/\{(\w+)\}/g, (whole, name: string) =>
        NAMED.includes(name) ? `"${this.options.schema}"."${name}"` : whole,
      )
      this.#names.set(text, named)
    }
    return named
  }

  /** Waits for calls under way and closes what is ours. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#underWay)
    if (this.options.sql) return
    const pools = [this.#work, this.#look, this.#beat]
    await Promise.all(pools.map((sql) => sql.end({ timeout: 1 })))
  }

  async #call<Result>(
    call: (runner: CallRunner) => Promise<Result>,
    pool: () => Sql,
    writes = true,
  ): Promise<Result> {
    const underWay = this.#tryOften(call, pool, writes)
    this.#underWay.push(underWay)
    try {
      return await underWay
    } finally {
      this.#underWay = this.#underWay.filter((each) => each !== underWay)
    }
  }

  async #tryOften<Result>(
    call: (runner: CallRunner) => Promise<Result>,
    pool: () => Sql,
    writes: boolean,
  ): Promise<Result> {
    for (let left = TRIES; ; left -= 1) {
      const sql = pool()
      const runner = new CallRunner({
        sql,
        named: this.named,
        prepare: sql !== this.#look && !this.options.pooler && !this.options.sql,
        writes,
        heard: () => {
          this.#heard += 1
        },
      })
      this.#use(sql)
      try {
        return await this.#inTime(runner, sql, call(runner))
      } catch (error) {
        // What it had claimed is free again.
        if (writes) this.floors.forget()
        const again = isConflict(error)
          ? left > 1
          : left === TRIES && (await this.#wantsConnection(runner, error))
        if (!again) {
          const unknown = runner.isCommitted || (runner.mayBeCommitted && !isAnswer(error))
          throw toError(error, unknown ? 'unknown' : 'no')
        }
      } finally {
        this.#leave(sql)
      }
    }
  }

  /** True when a call failed for want of a connection alone, and the server is there to give one. */
  async #wantsConnection(runner: CallRunner, error: unknown): Promise<boolean> {
    if (codeOf(error) !== 'CONNECT_TIMEOUT' || runner.mayBeCommitted) return false
    return this.#answers()
  }

  /** Ends a call that nothing answers: with the server gone soon, with the server there in time. */
  async #inTime<Result>(runner: CallRunner, sql: Sql, result: Promise<Result>): Promise<Result> {
    let stopDoubt = () => {}
    let stopLimit = () => {}
    const silence = new Promise<never>((_, reject) => {
      const giveUp = (reason: string) => {
        const committed = runner.mayBeCommitted ? 'unknown' : 'no'
        runner.abandon()
        this.#replace(sql)
        reject(new StorageUnavailableError(`The Postgres server ${reason}.`, { committed }))
      }
      stopDoubt = patiently(DOUBT_MS, () => {
        void this.#answers().then((answers) => {
          if (!answers) giveUp('does not answer')
        })
      })
      stopLimit = patiently(
        // The server's own limit comes first: it says that nothing was committed.
        this.options.timeoutMs + 250,
        () => giveUp(`did not answer within ${this.options.timeoutMs} ms`),
      )
    })
    try {
      return await Promise.race([result, silence])
    } finally {
      stopDoubt()
      stopLimit()
    }
  }

  /** One look for all who doubt at a time. */
  #looking: Promise<boolean> | undefined
  #answers(): Promise<boolean> {
    this.#looking ??= this.#ask().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  async #ask(): Promise<boolean> {
    const sql = this.#connect(1, {})
    const before = this.#heard
    let stop = () => {}
    try {
      const late = new Promise<boolean>((resolve) => {
        // A server that is slow to take a connection may still answer on others.
        stop = patiently(ANSWER_WITHIN_MS, () => resolve(this.#heard > before))
      })
      const answer = sql.unsafe('select 1').then(
        () => true,
        // Even a refusal is an answer; then the call hears of it by itself.
        (error: unknown) => isAnswer(error),
      )
      return await Promise.race([answer, late])
    } finally {
      stop()
      void sql.end({ timeout: 0 })
    }
  }

  /** Lets go of a client that does not answer; one that was given is not ours to end. */
  #replace(sql: Sql): void {
    if (this.options.sql) return
    if (sql === this.#work) this.#work = this.#connect(this.options.max, STABLE_PLANS)
    else if (sql === this.#look) this.#look = this.#connectLook()
    else if (sql === this.#beat) this.#beat = this.#connect(1, STABLE_PLANS)
  }

  #use(sql: Sql): void {
    this.#users.set(sql, (this.#users.get(sql) ?? 0) + 1)
  }

  /** Ends a client that was replaced once nobody waits for it: one that hangs must not end others. */
  #leave(sql: Sql): void {
    const users = (this.#users.get(sql) ?? 1) - 1
    if (users > 0) {
      this.#users.set(sql, users)
      return
    }
    this.#users.delete(sql)
    const isOurs = !this.options.sql && ![this.#work, this.#look, this.#beat].includes(sql)
    if (isOurs) void sql.end({ timeout: 0 })
  }

  #connectLook(): Sql {
    const { max, timeoutMs } = this.options
    return this.#connect(Math.min(2, max), {
      jit: 'off',
      statement_timeout: String(Math.min(LOOK_MS, timeoutMs)),
    })
  }

  #connect(max: number, settings: Record<string, string>): Sql {
    return connect(this.options, max, {
      statement_timeout: String(this.options.timeoutMs),
      ...settings,
      // A process that is stopped within a transaction would keep its locks from all others.
      idle_in_transaction_session_timeout: String(this.options.timeoutMs),
    })
  }
}

/** A client of our own; a pooler takes no session settings. */
export function connect(
  options: CheckedOptions,
  max: number,
  settings: Record<string, string>,
  more: Partial<postgres.Options<Record<string, never>>> = {},
): Sql {
  const { url, sql, pooler } = options
  // A given client's options connect where it does; postgres.js takes its own parsed options.
  const base = (sql?.options ?? {}) as postgres.Options<Record<string, never>>
  const ours: postgres.Options<Record<string, never>> = {
    max,
    prepare: !pooler,
    fetch_types: false,
    connect_timeout: CONNECT_SECONDS,
    // The default waits up to 20 s after an outage; a call must hear of it at once.
    backoff: (retries) => Math.min(0.05 * 2 ** retries, 0.5),
    onnotice: () => {},
    connection: { application_name: 'taskflow', ...(pooler ? {} : settings) },
    ...more,
  }
  return url === undefined ? postgres({ ...base, ...ours }) : postgres(url, ours)
}
