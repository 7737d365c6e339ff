// Loaded before an app that was written down with a fixed port: gives it a free one on loopback, so
// that its text can stay as it is, and says which.
import { writeSync } from 'node:fs'
import { Server } from 'node:net'

const { listen } = Server.prototype
Server.prototype.listen = function (...args) {
  this.once('listening', () => writeSync(3, String(this.address().port)))
  const done = args.findLast((one) => typeof one === 'function')
  return listen.call(this, 0, '127.0.0.1', done)
}
