import { TaskflowError } from '../errors.ts'
import { duplicateKey } from './duplicate-key.ts'
import { schemaProblem } from './openapi/schema.ts'
import { schemas } from './openapi/schemas.ts'
import type { Call } from './route.ts'

/** The request's body as text, read no further than `maxBytes`. */
export async function readText(request: Request, maxBytes: number): Promise<string> {
  const declared = Number(request.headers.get('content-length') ?? 0)
  if (declared > maxBytes) throw tooLarge(maxBytes)
  if (!request.body) return ''
  const coding = request.headers.get('content-encoding') ?? 'identity'
  if (coding.toLowerCase() !== 'identity') {
    throw new TaskflowError('unsupported_media_type', 'body: expected no content-encoding')
  }
  if (request.bodyUsed) throw new TaskflowError('internal', 'body: somebody else has read it')
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
      bytes += chunk.length
      if (bytes > maxBytes) throw tooLarge(maxBytes)
      chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof TaskflowError) throw error
    // The client went away in the middle of it: nothing that the app must hear of.
    throw new TaskflowError('invalid_input', 'body: expected to read it to its end')
  }
  const whole = new Uint8Array(bytes)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return new TextDecoder().decode(whole)
}

/** A JSON object from the body; an empty body is `{}`. */
export async function readJson(request: Request, maxBytes: number): Promise<Map<string, unknown>> {
  const text = await readText(request, maxBytes)
  if (text.trim() === '') return new Map()
  if (!mediaType(request).endsWith('json')) {
    throw new TaskflowError(
      'unsupported_media_type',
      'body: expected content-type application/json',
    )
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new TaskflowError('invalid_input', 'body: expected JSON, it cannot be parsed')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TaskflowError('invalid_input', 'body: expected a JSON object')
  }
  const twice = duplicateKey(text)
  if (twice !== null) {
    const key = JSON.stringify(twice.slice(0, 100))
    throw new TaskflowError('invalid_input', `body: expected each key once, got ${key} twice`)
  }
  // A map, so that a key like __proto__ is only ever a key.
  return new Map(Object.entries(value))
}

/** The JSON body of a call, held to what its route declares. */
export async function readBody(call: Call): Promise<Map<string, unknown>> {
  const { maxBodyBytes, doc } = call.route
  const most = call.app.options.maxBodyBytes
  const body = await readJson(call.request, Math.min(most, maxBodyBytes ?? most))
  const problem = schemaProblem(doc.body ?? {}, Object.fromEntries(body), schemas)
  if (problem !== null) throw new TaskflowError('invalid_input', `body: ${problem}`)
  return body
}

export function mediaType(request: Request): string {
  return (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

function tooLarge(maxBytes: number): TaskflowError {
  return new TaskflowError('too_large', `body: expected at most ${maxBytes} bytes`)
}
