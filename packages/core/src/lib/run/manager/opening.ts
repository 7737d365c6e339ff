import { asUnavailable } from '../../errors.ts'
import type { TaskStorage } from '../../storage/contract.ts'

/** Opens a storage once, whoever asks first; after a failure the next call tries again. */
export class Opening {
  readonly #storage: TaskStorage
  #opened: Promise<void> | null = null

  constructor(storage: TaskStorage) {
    this.#storage = storage
  }

  readonly open = (): Promise<void> => {
    this.#opened ??= this.#storage.open().catch((error) => {
      this.#opened = null
      throw asUnavailable(error, 'no')
    })
    return this.#opened
  }

  /** Resolves when an opening under way has ended, well or not: who opened it hears of a failure. */
  async settled(): Promise<void> {
    await this.#opened?.catch(() => {})
  }
}
