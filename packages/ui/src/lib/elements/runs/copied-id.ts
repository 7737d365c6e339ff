import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { copyText } from '../../parts/copy.ts'

const SHOWN_MS = 1500

/** Copies ids of runs, and knows for a moment which one it was. */
export class CopiedId implements ReactiveController {
  /** The id that was just copied. */
  id: string | null = null
  readonly #host: ReactiveControllerHost
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer)
  }

  /** Puts an id on the clipboard, on behalf of a button. */
  readonly copy = async (id: string, button: HTMLElement): Promise<void> => {
    if (!(await copyText(id, button))) return
    this.#show(id)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#show(null), SHOWN_MS)
  }

  #show(id: string | null): void {
    this.id = id
    this.#host.requestUpdate()
  }
}
