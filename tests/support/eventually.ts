import { expect } from 'vitest'

/** `expect` for what comes to be true; the patience is for busy machines only. */
export function eventually<Value>(look: () => Value | Promise<Value>, timeout = 20_000) {
  return expect.poll(look, { timeout })
}
