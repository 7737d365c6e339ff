import { openSync, readdirSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** What a victim did or saw. */
export interface LedgerLine {
  /**
   * `try`: about to enqueue number `n`; `ack`: it was accepted as `taskId`; `refused` and `unknown`:
   * the enqueue rejected, with what its error said; `start`, `end` and `fail`:
   * a handler begins, returns or throws.
   */
  event: 'try' | 'ack' | 'refused' | 'unknown' | 'start' | 'end' | 'fail'
  /** Number of the task, given by whoever enqueued it. */
  n: string
  /** `-` before it is known. */
  taskId: string
  pid: number
  /** Epoch ms, by that process's clock. */
  at: number
}

export type WriteLedger = (event: LedgerLine['event'], n: string, taskId?: string) => void

/**
 * The ledger of this process: a file outside of the storage, appended line by line. Each line is one
 * write that the system has taken before what follows it, so a process that is killed loses none.
 */
export function openLedger(folder: string): WriteLedger {
  const file = openSync(join(folder, `ledger-${process.pid}.txt`), 'a')
  return (event, n, taskId = '-') => {
    writeSync(file, `${event} ${n} ${taskId} ${process.pid} ${Date.now()}\n`)
  }
}

/** What all victims wrote, each one's lines in order. A line that was cut short counts as none. */
export function readLedgers(folder: string): LedgerLine[] {
  const files = readdirSync(folder).filter((name) => name.startsWith('ledger-'))
  return files.flatMap((name) => {
    const lines = readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1)
    return lines.map((line) => {
      const [event, n = '', taskId = '', pid, at] = line.split(' ')
      return { event: event as LedgerLine['event'], n, taskId, pid: Number(pid), at: Number(at) }
    })
  })
}
