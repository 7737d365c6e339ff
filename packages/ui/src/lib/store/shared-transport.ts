import type { HeadersSource, TaskflowClient, TransportOptions } from '@taskflow/core/client'

/** How a store reaches its handler. */
export interface ConnectionOptions extends TransportOptions {
  /** Headers for requests that change something, beside `headers`; such as a CSRF token. */
  changeHeaders?: HeadersSource | undefined
  /** Sends the requests of the store instead of a client of its own; the stream stays its own. */
  client?: TaskflowClient | undefined
  /** How often pages are read again when the stream does not get through. [what the server says] */
  pollMs?: number | undefined
}

type Sending = Pick<ConnectionOptions, 'fetch' | 'headers' | 'changeHeaders'>

/**
 * The way all requests of a store go. Elements that come later may bring headers, or newer ones:
 * they count for all from then on.
 */
export class SharedTransport {
  #options: Sending = {}

  /** Takes over what is given; true when something is different now. */
  configure({ fetch, headers, changeHeaders }: Sending): boolean {
    const next = {
      fetch: fetch ?? this.#options.fetch,
      headers: headers ?? this.#options.headers,
      changeHeaders: changeHeaders ?? this.#options.changeHeaders,
    }
    const names = ['fetch', 'headers', 'changeHeaders'] as const
    if (names.every((name) => next[name] === this.#options[name])) return false
    this.#options = next
    return true
  }

  /** Whether the browser by itself sends the same requests. */
  get isPlain(): boolean {
    return !this.#options.fetch && !this.#options.headers
  }

  readonly fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const used = this.#options
    const response = await send(used, input, init)
    if (response.status !== 401 || used === this.#options) return response
    // Headers came while the request was on its way without them.
    await response.body?.cancel()
    return send(this.#options, input, init)
  }
}

async function send(options: Sending, input: RequestInfo | URL, init: RequestInit) {
  const headers = new Headers(init.headers)
  const changes = !['GET', 'HEAD'].includes(init.method ?? 'GET')
  for (const source of [options.headers, changes ? options.changeHeaders : undefined]) {
    const extra = typeof source === 'function' ? await source() : source
    for (const [name, value] of Object.entries(extra ?? {})) headers.set(name, value)
  }
  // Looked up per request: hosts may replace the global after the store was made.
  const fetch = options.fetch ?? globalThis.fetch.bind(globalThis)
  return fetch(input, { ...init, headers })
}
