/** What is put into a page to see what happens there; part of no figure itself. */
export interface Probe {
  /** Elements below shadow roots: `a >>> b` is `b` in the shadow root of `a`. */
  all(path: string): Element[]
  /** When the frame was painted in which `look` first said yes; milliseconds of the page's clock. */
  painted(look: () => boolean): Promise<number>
  /** Goes to an address within the dashboard. */
  go(address: string): void
  /** When the last answer to a list request was complete, of those asked for since `start`. */
  answered(start: number): number
  /** Adds events to the live stream, as if the server had sent them in one piece. */
  push: ((events: string) => void) | null
}

declare global {
  var probe: Probe
}

/** Runs in the page, before its own scripts: it uses nothing from outside. */
export function installProbe(limit: number): void {
  const LIST = /\/tasks\/?\?/
  const PATIENCE_MS = 10_000
  localStorage.setItem('taskflow:v1:/tasks', JSON.stringify({ limit }))
  performance.setResourceTimingBufferSize(10_000)

  const all = (path: string): Element[] => {
    let roots: ParentNode[] = [document]
    const steps = path.split(' >>> ')
    for (const [at, step] of steps.entries()) {
      const found = roots.flatMap((root) => [...root.querySelectorAll(step)])
      if (at === steps.length - 1) return found
      roots = found.flatMap(({ shadowRoot }) => (shadowRoot ? [shadowRoot] : []))
    }
    return []
  }

  const painted = (look: () => boolean): Promise<number> =>
    new Promise((resolve, reject) => {
      const end = performance.now() + PATIENCE_MS
      const frame = () => {
        if (!look()) {
          if (performance.now() < end) return requestAnimationFrame(frame)
          return reject(new Error(`expected within ${PATIENCE_MS} ms: ${look}`))
        }
        // The frame is painted after its callbacks; a message comes after that.
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = () => resolve(performance.now())
        port2.postMessage(null)
      }
      requestAnimationFrame(frame)
    })

  globalThis.probe = {
    all,
    painted,
    go(address) {
      history.pushState(null, '', address)
      dispatchEvent(new PopStateEvent('popstate'))
    },
    answered(start) {
      const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[]
      const lists = entries.filter(({ name, startTime }) => LIST.test(name) && startTime >= start)
      return lists.at(-1)?.responseEnd ?? 0
    },
    push: null,
  }

  const send = globalThis.fetch
  globalThis.fetch = async (input, init) => {
    const response = await send(input, init)
    if (!String(input).includes('/dashboard/stream') || !response.body) return response
    const reader = response.body.getReader()
    const encoder = new TextEncoder()
    const body = new ReadableStream<Uint8Array>({
      async start(controller) {
        globalThis.probe.push = (events) => controller.enqueue(encoder.encode(events))
        for (;;) {
          const { done, value } = await reader.read()
          if (done) return controller.close()
          controller.enqueue(value)
        }
      },
      cancel: () => reader.cancel(),
    })
    return new Response(body, { status: response.status, headers: response.headers })
  }
}
