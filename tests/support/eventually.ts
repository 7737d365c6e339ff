import { expect } from 'vitest'

/** `expect` for what comes to be true; the patience is for busy machines only. */
export function eventually<Value>(look: () => Value | Promise<Value>) {
  return expect.poll(look, { timeout: 20_000 })
}
