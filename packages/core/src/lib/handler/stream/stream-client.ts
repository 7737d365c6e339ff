import type { Right, StreamEvents } from '../../client/wire.ts'
import { ByteLengthQueuingStrategy, ReadableStream } from '../../streams.ts'
import type { Selection } from '../selection/selection.ts'

/** A reader that leaves more than this unread gets no more until it has caught up. */
const MAX_BUFFERED_BYTES = 262_144

/** Events as they travel; those for many readers are encoded once. */
export type Frames = string | Uint8Array<ArrayBuffer>

/** What a stream was asked for. */
export interface StreamRequest extends Selection {
  /** One event per change; else the whole state. */
  deltas: boolean
  /** Log lines per record. */
  logs: number
  /** Records in a `state`. */
  limit: number
  /** Task whose log is followed. */
  taskId: string | null
  lastEventId: string | null
  rights: Right[]
  /** Whose streams are counted together; null where visitors are not told apart. */
  owner: string | null
  /** When its session ends by itself, epoch ms. */
  expiresAt: number | null
  /** Whether the visitor may still read. */
  stillAllowed(now: number): Promise<boolean>
  /** Cuts the connection, where the server lets us. */
  disconnect(): void
  /** Only asks what the answer would be. */
  headOnly: boolean
  signal: AbortSignal
}

/** One reader of the stream. Writing never waits for it. */
export class StreamClient {
  readonly request: StreamRequest
  readonly body: ReadableStream<Uint8Array>
  /** True while the reader is too far behind to be sent anything. */
  lagging = false
  /** Heartbeats that it has been lagging for. */
  beatsBehind = 0
  /** True while somebody looks whether it may still read. */
  checking = false
  /** Lines of the followed log that it has. */
  logsSent = 0
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null
  /** What came before the first state was sent. */
  #held: Frames[] | null = []

  constructor(request: StreamRequest, events: { caughtUp(): void; gone(): void }) {
    this.request = request
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => {
          if (!this.lagging) return
          this.lagging = false
          this.beatsBehind = 0
          events.caughtUp()
        },
        cancel: () => {
          this.#controller = null
          events.gone()
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: MAX_BUFFERED_BYTES }),
    )
  }

  /** Sends what starts a stream, however much that is, then lets through what came meanwhile. */
  begin(...first: Frames[]): void {
    const held = this.#held ?? []
    this.#held = null
    for (const frames of first) if (frames.length > 0) this.#controller?.enqueue(bytesOf(frames))
    for (const frames of held) this.write(frames)
  }

  /** Sends frames, unless the reader lags. */
  write(frames: Frames): void {
    if (frames.length === 0) return
    if (this.#held) {
      this.#held.push(frames)
      return
    }
    if (!this.#controller || this.lagging) return
    const bytes = bytesOf(frames)
    const room = this.#controller.desiredSize ?? 0
    // What is left unread is not to grow beyond its limit; a single frame may be larger than that.
    if (bytes.length <= room || room === MAX_BUFFERED_BYTES) this.#controller.enqueue(bytes)
    else this.lagging = true
  }

  end(reason: StreamEvents['bye']['reason']): void {
    this.#held = null
    this.lagging = false
    this.#controller?.enqueue(bytesOf(frame('bye', { reason })))
    this.#controller?.close()
    this.#controller = null
  }
}

/** One event as it travels. */
export function frame<Name extends keyof StreamEvents>(
  name: Name,
  data: StreamEvents[Name],
  id?: string,
): string {
  const idLine = id === undefined ? '' : `id: ${id}\n`
  return `event: ${name}\n${idLine}data: ${JSON.stringify(data)}\n\n`
}

const encoder = new TextEncoder()

export function bytesOf(frames: Frames): Uint8Array<ArrayBuffer> {
  return typeof frames === 'string' ? encoder.encode(frames) : frames
}
