import { StringDecoder } from 'node:string_decoder'
import { Lines } from './lines.ts'

type Stream = 'stdout' | 'stderr'

/**
 * Takes what this thread writes to `process.stdout` and `process.stderr`, line by line. While
 * `active` says no, it goes where it went before.
 */
export function captureOutput(
  active: () => boolean,
  take: (stream: Stream, line: string) => void,
): { end(): void } {
  const captured = (['stdout', 'stderr'] as const).map((name) => {
    const stream = process[name]
    const pass = stream.write.bind(stream)
    const lines = new Lines((line) => take(name, line))
    const decoder = new StringDecoder()
    stream.write = (
      chunk: string | Uint8Array,
      encoding?: BufferEncoding | ((error?: Error | null) => void),
      callback?: (error?: Error | null) => void,
    ): boolean => {
      if (!active()) return pass(chunk, encoding as BufferEncoding, callback)
      const bytes = typeof chunk === 'string' && typeof encoding === 'string'
      lines.push(
        typeof chunk === 'string' && !bytes
          ? chunk
          : decoder.write(bytes ? Buffer.from(chunk, encoding) : Buffer.from(chunk)),
      )
      const done = typeof encoding === 'function' ? encoding : callback
      if (done) process.nextTick(done)
      return true
    }
    return lines
  })
  return {
    end: () => {
      for (const lines of captured) lines.end()
    },
  }
}
