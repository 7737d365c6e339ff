import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { TaskManager } from '@taskflow/core'
import postgres, { type Sql } from 'postgres'
import type { Random } from '../random.ts'
import { PAUSE_MS } from './command-line.ts'
import type { CaseSettings } from './fault-case.ts'
import { type LedgerLine, readLedgers } from './ledger-file.ts'
import { countLive, judge, type Verdict } from './oracle.ts'
import { openStorage, type StorageChoice } from './storage-choice.ts'
import type { VictimOptions } from './victim.ts'
import { type Launch, VictimProcess } from './victim-process.ts'
import { type VictimWork, victimTasks } from './victim-tasks.ts'

let labs = 0

/** What is to be cleared away when a case is over. */
type Cleanup = () => unknown

/** A place for one case: a folder, a storage, victims on it, and somebody who looks on. */
export class Lab implements CaseSettings {
  readonly folder = mkdtempSync(join(tmpdir(), 'taskflow-faults-'))
  readonly random: Random
  readonly seed: number
  readonly minutes: number
  readonly pauseMs: number
  /** What was found broken. */
  readonly broken: string[] = []
  readonly figures: string[] = []
  verdict: Verdict | null = null
  readonly victims: VictimProcess[] = []
  #serverUrl: string | null = null
  readonly #cleanups: Cleanup[] = []
  #numbers = 0

  constructor(settings: CaseSettings) {
    this.random = settings.random
    this.seed = settings.seed
    this.minutes = settings.minutes
    this.pauseMs = settings.pauseMs ?? PAUSE_MS
  }

  /** The case's own database on the server. @throws Error when the case did not ask for one. */
  get serverUrl(): string {
    if (this.#serverUrl === null) throw new Error('no Postgres server')
    return this.#serverUrl
  }

  /** Makes a database of its own on that server, so that what is done to it is done to no other. */
  async useServer(url: string): Promise<void> {
    const name = `faults_${process.pid}_${++labs}`
    const server = postgres(url, { max: 1, onnotice: () => {} })
    await server.unsafe(`create database ${name}`)
    this.after(async () => {
      await server.unsafe(`drop database ${name} with (force)`)
      await server.end()
    })
    const own = new URL(url)
    own.pathname = `/${name}`
    this.#serverUrl = own.href
  }

  /** Says that something must hold. */
  check(holds: boolean, otherwise: string): void {
    if (!holds) this.broken.push(otherwise)
  }

  /** To do when the case is over, the last first. */
  after(cleanup: Cleanup): void {
    this.#cleanups.push(cleanup)
  }

  sqlite(): StorageChoice {
    return { kind: 'sqlite', file: join(this.folder, 'tasks.db') }
  }

  /** A storage in that database, or in the one at `url`. */
  postgres(url = this.serverUrl) {
    return { kind: 'postgres' as const, url, schema: 'taskflow' }
  }

  /** A connection to the server that no fault is meant for. */
  sql(url = this.serverUrl): Sql {
    const sql = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 5 })
    this.after(() => sql.end({ timeout: 1 }))
    return sql
  }

  /** Starts a victim and waits until it claims. */
  async victim(options: Partial<VictimOptions> & Pick<VictimOptions, 'storage'>, launch?: Launch) {
    const given = { folder: this.folder, concurrency: 5, ...options }
    const victim = new VictimProcess(given, launch)
    this.victims.push(victim)
    await victim.ready()
    return victim
  }

  /** A manager in this process, to look with. */
  async watcher(storage: StorageChoice): Promise<TaskManager> {
    const tasks = Object.values(victimTasks(() => {}))
    const manager = new TaskManager({ tasks, storage: openStorage(storage), onError: () => {} })
    this.after(() => manager.stop({ graceMs: 0, abortMs: 0 }))
    await manager.open()
    return manager
  }

  /** Works with numbers of their own. */
  works(count: number, ms = 0, kind: VictimWork['kind'] = 'ok'): VictimWork[] {
    return Array.from({ length: count }, () => ({ n: `w${++this.#numbers}`, kind, ms }))
  }

  lines(event?: LedgerLine['event']): LedgerLine[] {
    const lines = readLedgers(this.folder)
    return event === undefined ? lines : lines.filter((line) => line.event === event)
  }

  /** Ends the load, waits until nothing is left to do, and lets the oracle judge. */
  async settle(storage: StorageChoice, patienceMs = 120_000): Promise<Verdict> {
    for (const victim of this.victims) if (victim.listens) await victim.tell({ order: 'rest' })
    const manager = await this.watcher(storage)
    await this.until(async () => (await countLive(manager)) === 0, patienceMs)
    const verdict = await judge(manager, this.folder)
    this.verdict = verdict
    for (const name of ['lost', 'unexpected', 'unexplained', 'overlap', 'stuck'] as const) {
      this.check(verdict[name] === 0, `${name}: ${verdict[name]}`)
    }
    return verdict
  }

  /** Waits until that is so; false when it is not in time. */
  async until(look: () => boolean | Promise<boolean>, patienceMs = 30_000): Promise<boolean> {
    const end = performance.now() + patienceMs
    for (;;) {
      const isSo = await Promise.resolve(look()).catch(() => false)
      if (isSo) return true
      if (performance.now() > end) return false
      await wait(100)
    }
  }

  async close(): Promise<void> {
    for (const victim of this.victims) if (victim.alive) await victim.end()
    for (const cleanup of this.#cleanups.reverse()) {
      try {
        await cleanup()
      } catch (error) {
        this.figures.push(`clearing away: ${String(error)}`)
      }
    }
    rmSync(this.folder, { recursive: true, force: true })
  }
}
