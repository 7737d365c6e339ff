import { connect, type Socket } from 'node:net'

/** What a child that holds streams open is told. */
export interface ReadersMessage {
  port: number
  path: string
  count: number
  /** False never reads a byte. */
  reads: boolean
}

// Readers in a process of their own, so that only what the server holds for them is measured.
const sockets: Socket[] = []

process.on('message', async ({ port, path, count, reads }: ReadersMessage) => {
  for (let i = 0; i < count; i++) await open(port, path, reads)
  process.send?.({ opened: sockets.length })
})

/** One stream; resolves when it has answered, or is on its way where nobody reads. */
function open(port: number, path: string, reads: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    sockets.push(socket)
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
      if (reads) return
      socket.pause()
      resolve()
    })
    if (reads) socket.once('data', () => resolve()).resume()
  })
}
