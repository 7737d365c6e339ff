import { createHash } from 'node:crypto'
import { defineTask } from '@taskflow/core'

// This module is loaded in every thread, so it only has tasks: no manager, no server.

/** Looks for a number whose hash begins with so many zeros: nothing but work. */
export const findHash = defineTask({
  name: 'find_hash',
  executor: 'thread',
  timeoutMs: 60_000,
  run({ text, zeros }: { text: string; zeros: number }, { log, progress }) {
    const wanted = '0'.repeat(zeros)
    for (let nonce = 0; ; nonce++) {
      const hash = createHash('sha256').update(`${text}${nonce}`).digest('hex')
      if (hash.startsWith(wanted)) return { nonce, hash }
      if (nonce % 50_000 === 49_999) {
        progress(Math.min(0.99, nonce / 16 ** zeros))
        log(`Tried ${nonce + 1} numbers`)
      }
    }
  },
})
