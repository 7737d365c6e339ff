export interface StreamEvent {
  event: string
  id: string | undefined
  data: never
}

/** Reads events one by one, as a client on the network would. */
export class StreamReader {
  readonly #reader: ReadableStreamDefaultReader<string>
  readonly #events: StreamEvent[] = []
  #text = ''
  lastId: string | undefined
  readonly headers: Headers

  constructor(response: Response) {
    this.headers = response.headers
    const body = response.body as ReadableStream<Uint8Array>
    this.#reader = body.pipeThrough(new TextDecoderStream() as never).getReader() as never
  }

  /** The next event, or the next of that name; undefined at the end. */
  async next(name?: string): Promise<StreamEvent | undefined> {
    for (;;) {
      const event = this.#events.shift()
      if (event) {
        this.lastId = event.id ?? this.lastId
        if (name === undefined || event.event === name) return event
        continue
      }
      const { value, done } = await this.#reader.read()
      if (done) return undefined
      this.#text += value
      const parts = this.#text.split('\n\n')
      this.#text = parts.pop() ?? ''
      for (const part of parts) {
        const fields = new Map(part.split('\n').map((line) => splitField(line)))
        const event = fields.get('event')
        const data = fields.get('data')
        if (event && data)
          this.#events.push({ event, id: fields.get('id'), data: JSON.parse(data) as never })
      }
    }
  }

  close() {
    return this.#reader.cancel()
  }
}

const splitField = (line: string) => {
  const at = line.indexOf(': ')
  return [line.slice(0, at), line.slice(at + 2)] as const
}
