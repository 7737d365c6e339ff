/** A line without an end is passed on in pieces of this length. */
const MAX_LINE = 65_536

/** Makes lines of text that comes in pieces. */
export class Lines {
  readonly #emit: (line: string) => void
  #partial = ''

  constructor(emit: (line: string) => void) {
    this.#emit = emit
  }

  push(text: string): void {
    const lines = (this.#partial + text).split('\n')
    this.#partial = lines.pop() ?? ''
    for (const line of lines) this.#emit(line.endsWith('\r') ? line.slice(0, -1) : line)
    while (this.#partial.length > MAX_LINE) {
      this.#emit(this.#partial.slice(0, MAX_LINE))
      this.#partial = this.#partial.slice(MAX_LINE)
    }
  }

  /** Nothing more comes: what is left is a line too. */
  end(): void {
    if (this.#partial !== '') this.#emit(this.#partial)
    this.#partial = ''
  }
}
