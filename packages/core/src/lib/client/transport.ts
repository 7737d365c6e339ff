import { errorFromFetch, errorFromResponse } from './client-error.ts'

/** How requests reach the handler; the same for the client and the stream. */
export interface TransportOptions {
  /** Path or URL of the handler, e.g. `/tasks` or `https://jobs.example/tasks`. */
  base: string
  /** Sends the requests. [the global `fetch`] */
  fetch?: typeof globalThis.fetch | undefined
  /** Headers for every request; a function is asked each time, e.g. for a fresh token. */
  headers?: HeadersSource | undefined
  /** As in `fetch`. [`same-origin`] */
  credentials?: RequestInit['credentials'] | undefined
}

/** Headers, or a function that yields them per request. */
export type HeadersSource =
  | Record<string, string>
  | (() => Record<string, string> | Promise<Record<string, string>>)

/** Sends one request below `base` and rejects with a `ClientError` unless it succeeded. */
export type Transport = (path: string, init?: RequestInit) => Promise<Response>

/** `base` without a trailing slash. */
export function normaliseBase(base: string): string {
  return base.replace(/\/+$/, '')
}

/** Makes the one function that client and stream send their requests with. */
export function createTransport(options: TransportOptions): Transport {
  const base = normaliseBase(options.base)
  return async (path, init = {}) => {
    // Looked up per request: hosts and tests may replace the global after the client was made.
    const send = options.fetch ?? globalThis.fetch.bind(globalThis)
    const extra = typeof options.headers === 'function' ? await options.headers() : options.headers
    const headers = new Headers(init.headers)
    for (const [name, value] of Object.entries(extra ?? {})) headers.set(name, value)
    let response: Response
    try {
      response = await send(base + path, {
        credentials: options.credentials ?? 'same-origin',
        ...init,
        headers,
      })
    } catch (cause) {
      throw errorFromFetch(cause)
    }
    if (!response.ok) throw await errorFromResponse(response)
    return response
  }
}
