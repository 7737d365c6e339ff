/**
 * Shares the answer of a question that many ask at once. Whoever asks while an answer is under way
 * waits for the next one: each gets an answer that was begun after it asked.
 */
export class Rounds<Answer> {
  readonly #question: () => Promise<Answer>
  #current: Promise<unknown> = Promise.resolve()
  #next: Promise<Answer> | null = null

  constructor(question: () => Promise<Answer>) {
    this.#question = question
  }

  ask(): Promise<Answer> {
    this.#next ??= this.#current
      .catch(() => undefined)
      .then(() => {
        this.#next = null
        const answer = this.#question()
        this.#current = answer
        return answer
      })
    return this.#next
  }
}
