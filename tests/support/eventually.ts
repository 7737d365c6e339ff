import { type ExpectStatic, expect } from 'vitest'

/**
 * `expect` for what comes to be true; the patience is for busy machines only. Tests that run beside
 * others pass the `expect` of their context.
 */
export function eventually<Value>(
  look: () => Value | Promise<Value>,
  timeout = 20_000,
  own: ExpectStatic = expect,
) {
  return own.poll(look, { timeout })
}
