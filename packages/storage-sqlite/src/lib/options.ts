import { resolve } from 'node:path'
import { TaskflowError } from '@taskflow/core'
import { checkOptionNames, type OptionNames } from '@taskflow/core/node'

export interface SqliteStorageOptions {
  /**
   * Path of the database file; made when it is missing, the folder must exist. It may be the app's
   * own database. ':memory:' lives as long as the storage is open, for tests.
   */
  file: string
  /**
   * 'full' flushes every commit to disk. 'normal' survives a crash of the process, but a power cut
   * may take back the last commits. ['full']
   */
  synchronous?: 'full' | 'normal' | undefined
  /** Names of all tables and indexes begin with it. ['taskflow_'] */
  tablePrefix?: string | undefined
  /** False runs SQLite in the caller's thread, where each flush blocks it. [true] */
  worker?: boolean | undefined
}

const NAMES: OptionNames<SqliteStorageOptions> = {
  file: true,
  synchronous: true,
  tablePrefix: true,
  worker: true,
}

/** Options as checked; plain, for the worker. */
export interface EngineOptions {
  file: string
  synchronous: 'full' | 'normal'
  tablePrefix: string
  /** Never make the file. */
  mustExist?: boolean
  /** Beats beside a storage of this process that opened the file: no checks, and no lock files. */
  standIn?: boolean
}

/** Checks what the caller gave. */
export function checkOptions(options: SqliteStorageOptions): EngineOptions & { worker: boolean } {
  checkOptionNames(options, NAMES, { where: 'sqliteStorage', code: 'configuration' })
  const { file, synchronous = 'full', tablePrefix = 'taskflow_', worker = true } = options
  if (typeof file !== 'string' || file === '' || file.includes('\0')) {
    refuse(`'file' to be a path`, file)
  }
  if (/^file:/i.test(file)) refuse(`'file' to be a path, not a URL`, file)
  if (synchronous !== 'full' && synchronous !== 'normal') {
    refuse(`'synchronous' to be 'full' or 'normal'`, synchronous)
  }
  if (typeof tablePrefix !== 'string' || !/^[a-z][a-z0-9_]{0,30}_$/.test(tablePrefix)) {
    refuse(
      `'tablePrefix' to be 2 to 32 of a-z, 0-9 and _, beginning with a letter and ending with _`,
      tablePrefix,
    )
  }
  if (/^sqlite_/.test(tablePrefix)) refuse(`'tablePrefix' not to be SQLite's own`, tablePrefix)
  if (typeof worker !== 'boolean') refuse(`'worker' to be a boolean`, worker)
  const path = file === ':memory:' ? file : resolve(file)
  return { file: path, synchronous, tablePrefix, worker }
}

function refuse(expected: string, got: unknown): never {
  const shown =
    typeof got === 'string' ? `'${got.slice(0, 80)}'` : got === null ? 'null' : typeof got
  throw new TaskflowError('configuration', `sqliteStorage expects ${expected}, got ${shown}.`)
}
