import { type FileHandle, open, readFile, truncate } from 'node:fs/promises'
import { StorageUnavailableError } from '@taskflow/core'

/** A file of JSON lines. Appends that come while one is being flushed share the next flush. */
export class Journal {
  readonly #path: string
  #file: FileHandle | undefined
  #waiting: { line: string; resolve: () => void; reject: (error: unknown) => void }[] = []
  #flushing: Promise<void> | undefined

  constructor(path: string) {
    this.#path = path
  }

  /** Reads what was written before, and is ready for more. */
  async open(): Promise<unknown[]> {
    this.#file ??= await open(this.#path, 'a')
    const text = await readFile(this.#path, 'utf8')
    // A crash may have cut the last line; nobody was told that it was stored.
    const whole = text.slice(0, text.lastIndexOf('\n') + 1)
    if (whole.length < text.length) await truncate(this.#path, Buffer.byteLength(whole))
    return whole.split('\n').flatMap((line) => (line ? [JSON.parse(line)] : []))
  }

  /** Resolves, in the order of the calls, once the line is on the disk. */
  append(entry: unknown): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ line: `${JSON.stringify(entry)}\n`, resolve, reject })
      this.#flushing ??= this.#flush()
    })
  }

  async close(): Promise<void> {
    await this.#flushing
    const file = this.#file
    this.#file = undefined
    await file?.close()
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0)
      try {
        if (!this.#file) throw new StorageUnavailableError('The journal is not open: call open().')
        await this.#file.appendFile(batch.map(({ line }) => line).join(''))
        await this.#file.datasync()
        for (const { resolve } of batch) resolve()
      } catch (error) {
        // Part of it may be on the disk: whoever asked cannot know, the next open decides, and
        // nothing may be written behind it before.
        for (const { reject } of batch) reject(unwritten(error))
        await this.#file?.close().catch(() => {})
        this.#file = undefined
      }
    }
    this.#flushing = undefined
  }
}

function unwritten(cause: unknown): StorageUnavailableError {
  if (cause instanceof StorageUnavailableError) return cause
  return new StorageUnavailableError('The journal cannot be written', {
    cause,
    committed: 'unknown',
  })
}
