import { connect, createServer, type Server, type Socket } from 'node:net'

/** A network between a storage and its server, for tests to break. */
export interface TestProxy {
  /** The server's URL by way of the proxy. */
  url: string
  /** Refuses connections and cuts those there are. */
  down(): Promise<void>
  up(): Promise<void>
  /** Keeps connections and passes nothing on, until `heal`. */
  silence(): void
  heal(): void
  /** Keeps silent from a request with this text on. */
  silenceAt(text: string): void
  /** Drops a request with this text and all that follows on its connection, without a reset. */
  muteAt(text: string): void
  /** Passes a request with this text on, and cuts its connection in place of the answer. */
  cutAnswerTo(text: string): void
  /** Cuts a connection in place of an answer with this text; resolves when it has done so. */
  loseAnswerWith(text: string): Promise<void>
  close(): Promise<void>
}

export async function createProxy(serverUrl: string): Promise<TestProxy> {
  const target = new URL(serverUrl)
  const sockets = new Set<Socket>()
  let silent = false
  let cut: string | null = null
  let hush: string | null = null
  let mute: string | null = null
  let lose: { text: string; done: () => void } | null = null
  let port = 0
  let server: Server | undefined

  const forward = (client: Socket) => {
    const upstream = connect(Number(target.port || 5432), target.hostname)
    let cutting = false
    let muted = false
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.on('data', (data) => {
      if (hush !== null && data.includes(hush)) {
        hush = null
        silent = true
      }
      if (mute !== null && data.includes(mute)) {
        mute = null
        muted = true
      }
      if (silent || muted) return
      if (cut !== null && data.includes(cut)) {
        cut = null
        cutting = true
      }
      upstream.write(data)
    })
    upstream.on('data', (data) => {
      if (silent || muted) return
      // The server has done what was asked by the time that it answers.
      if (lose !== null && data.includes(lose.text)) {
        lose.done()
        lose = null
        cutting = true
      }
      if (cutting) client.destroy()
      else client.write(data)
    })
  }
  const up = () =>
    new Promise<void>((resolve, reject) => {
      server = createServer(forward)
      server.once('error', reject)
      server.listen(port, '127.0.0.1', () => {
        const address = server?.address()
        port = typeof address === 'object' && address !== null ? address.port : port
        resolve()
      })
    })
  const cutAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  const down = () =>
    new Promise<void>((resolve) => {
      server?.close(() => resolve())
      cutAll()
    })
  await up()
  const url = new URL(serverUrl)
  url.hostname = '127.0.0.1'
  url.port = String(port)
  return {
    url: url.href,
    up,
    down,
    silence: () => {
      silent = true
    },
    heal: () => {
      silent = false
      cutAll()
    },
    silenceAt: (text) => {
      hush = text
    },
    muteAt: (text) => {
      mute = text
    },
    cutAnswerTo: (text) => {
      cut = text
    },
    loseAnswerWith: (text) =>
      new Promise((done) => {
        lose = { text, done }
      }),
    close: down,
  }
}
