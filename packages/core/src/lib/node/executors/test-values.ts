/** What a task might throw. */
export const hostile: Record<string, () => unknown> = {
  null: () => null,
  undefined: () => undefined,
  text: () => 'just text',
  symbol: () => Symbol('s'),
  object: () => ({ a: 1 }),
  function: () => () => {},
  'an object without prototype': () => Object.create(null),
  'a proxy': () => new Proxy(new Error('behind a proxy'), {}),
  'a revoked proxy': () => {
    const { proxy, revoke } = Proxy.revocable(new Error(), {})
    revoke()
    return proxy
  },
  'a getter that throws': () =>
    Object.defineProperty(new Error('never read'), 'message', {
      get() {
        throw new Error('from the getter')
      },
    }),
  'a toString that throws': () => ({
    toString() {
      throw new Error('from toString')
    },
  }),
  'a cyclic cause': () => {
    const error = new Error('a circle')
    error.cause = new Error('its other half', { cause: error })
    return error
  },
  'a long message': () => new Error('x'.repeat(50_000_000)),
  'a frozen error': () => Object.freeze(new Error('frozen')),
}

/** What a task might return. */
export const returned: Record<string, () => unknown> = {
  nothing: () => undefined,
  'a function': () => () => {},
  'a BigInt': () => 1n,
  'a circle': () => {
    const circle: Record<string, unknown> = {}
    circle.self = circle
    return circle
  },
  'a date and a class': () => ({ at: new Date(0), url: new URL('https://a.example/') }),
  'too much': () => 'x'.repeat(50_000_000),
  unicode: () => 'a\u0000b \ud800 \u{1f600} \u2028',
  prototypes: () => JSON.parse('{"__proto__":{"polluted":true}}'),
}
