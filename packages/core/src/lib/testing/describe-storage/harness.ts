import type { TaskStorage } from '../../storage/contract.ts'
import type { Bench } from './bench.ts'

/** How the suite gets a storage. */
export interface StorageHarness {
  /** A new, empty storage for one case. */
  create(): Promise<StorageFixture>
  /**
   * What the storage is, told once; the suite has cases for each fact and checks that it is true.
   *
   * - `shared`: several connections may use the same data; fixtures have `second`.
   * - `durable`: what is committed outlives the connection; fixtures have `reopen`.
   * - `inOrder`: calls take effect in the order in which they are made, see `TaskStorage`.
   * - the others: the storage has that part.
   */
  facts: StorageFact[]
}

export type StorageFact = 'shared' | 'durable' | 'inOrder' | StoragePart

/** An optional part of a storage. */
export type StoragePart = (typeof STORAGE_PARTS)[number]

export const STORAGE_PARTS = [
  'logs',
  'changes',
  'instances',
  'functions',
  'series',
  'schedules',
  'audit',
  'sessions',
  'listen',
  'standIn',
] as const

/** The storage of one case. */
export interface StorageFixture {
  /** Not opened yet, or open already. */
  storage: TaskStorage
  /** Another connection to the same data. */
  second?(): Promise<TaskStorage>
  /** Closes `storage` and connects to the same data anew. */
  reopen?(): Promise<TaskStorage>
  /** Closes and removes everything. */
  dispose(): Promise<void>
}

/** What the suite needs of a test runner; that of vitest, Jest, Mocha and `node:test` fit. */
export interface TestRunner {
  describe(name: string, define: () => void): unknown
  it(name: string, run: () => Promise<void>): unknown
}

/** How a group of cases is written down. */
export interface Suite {
  describe(name: string, define: () => void): void
  /** One case, on a storage of its own. */
  test(name: string, run: (bench: Bench) => Promise<void>): void
  has(fact: StorageFact): boolean
}
