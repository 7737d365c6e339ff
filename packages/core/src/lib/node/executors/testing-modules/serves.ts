import { createServer } from 'node:http'

// Also where nobody hears of the error.
Promise.resolve()
  .then(() => createServer().listen(0))
  .catch(() => {})
await Promise.resolve()
