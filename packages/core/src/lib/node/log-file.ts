import { Buffer } from 'node:buffer'
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Lines written at once: whole lines in one write, so that those of several processes never mix. */
const MAX_WRITE_BYTES = 256 * 1024
const NEWLINE = 10
/** What rotation adds to a name: in order of time, and never the same twice. */
const ROTATED = /^\.\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z\.[0-9a-f]{8}$/

/** How large a file may grow, and how many are kept. */
export interface Rotation {
  maxBytes: number
  /** The current one included. */
  maxFiles: number
}

/**
 * A file that lines are appended to. Others may append to it too, rename, truncate or delete it:
 * each write first looks whether the name still means the file that is open.
 */
export class LogFile {
  readonly #path: string
  readonly #rotation: Rotation
  #handle: FileHandle | null = null
  /** Which file is open, and its length at the last look. */
  #inode = 0n
  #size = 0
  /** A failing write has left part of a line at its end. */
  #cut = false
  #rotatedAt = 0

  constructor(path: string, rotation: Rotation) {
    this.#path = path
    this.#rotation = rotation
  }

  /** Writes the first of `lines`, as many as fit; returns how many. Rejects when none was written. */
  async append(lines: readonly string[]): Promise<number> {
    const handle = await this.#open()
    const count = this.#fitting(lines)
    if (count === 0) {
      await this.#rotate()
      return 0
    }
    // What was cut is written again, whole, on a line of its own.
    const start = this.#cut ? '\n' : ''
    const text = lines.slice(0, count).join('\n')
    const chunk = Buffer.from(`${start}${text}\n`)
    let written = 0
    try {
      while (written < chunk.length) written += (await handle.write(chunk, written)).bytesWritten
      this.#cut = false
      return count
    } catch (error) {
      await this.close().catch(() => {})
      const head = chunk.subarray(0, written)
      if (written > 0) this.#cut = head.at(-1) !== NEWLINE
      const whole = head.filter((byte) => byte === NEWLINE).length - start.length
      if (whole <= 0) throw error
      return whole
    }
  }

  /** Lets go of the file; the next `append` opens it again. */
  async close(): Promise<void> {
    const handle = this.#handle
    this.#handle = null
    await handle?.close()
  }

  /** The file of this name, also when somebody has moved or deleted the one that was open. */
  async #open(): Promise<FileHandle> {
    if (this.#handle) {
      const now = await stat(this.#path, { bigint: true }).catch(() => null)
      if (now?.ino === this.#inode) {
        this.#size = Number(now.size)
        return this.#handle
      }
      await this.close()
    }
    await mkdir(dirname(this.#path), { recursive: true })
    const handle = await open(this.#path, 'a')
    this.#handle = handle
    const { ino, size } = await handle.stat({ bigint: true })
    if (ino !== this.#inode) this.#cut = false
    this.#inode = ino
    this.#size = Number(size)
    return handle
  }

  /** How many lines fit into this file and one write; at least one into an empty file. */
  #fitting(lines: readonly string[]): number {
    const space = this.#rotation.maxBytes - this.#size
    let bytes = 0
    let count = 0
    for (const line of lines) {
      bytes += Buffer.byteLength(line) + 1
      const isFirst = this.#size === 0 && count === 0
      if (!isFirst && (bytes > space || (count > 0 && bytes > MAX_WRITE_BYTES))) break
      count++
    }
    return count
  }

  /** Moves the full file aside and deletes the oldest. Processes that rotate at once lose nothing. */
  async #rotate(): Promise<void> {
    this.#rotatedAt = Math.max(Date.now(), this.#rotatedAt + 1)
    const time = new Date(this.#rotatedAt).toISOString().replaceAll(/[:.]/g, '-')
    const target = `${this.#path}.${time}.${crypto.randomUUID().slice(0, 8)}`
    await this.close()
    await rename(this.#path, target).catch(unlessMissing)
    const folder = dirname(this.#path)
    const name = basename(this.#path)
    const rotated = (await readdir(folder)).filter(
      (entry) => entry.startsWith(name) && ROTATED.test(entry.slice(name.length)),
    )
    const excess = Math.max(0, rotated.length - (this.#rotation.maxFiles - 1))
    for (const entry of rotated.sort().slice(0, excess)) {
      await rm(join(folder, entry), { force: true })
    }
  }
}

function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
