import { describe, expect, it } from 'vitest'
import { describeError, errorType } from './describe-error.ts'

const hostile = {
  get message() {
    throw new Error('no')
  },
  toString() {
    throw new Error('no')
  },
}

describe('describeError', () => {
  it('names the kind of error and keeps its stack and causes', () => {
    const error = new TypeError('bad', { cause: new RangeError('worse') })
    const { error: text, stacktrace } = describeError(error)
    expect(text).toBe('TypeError: bad')
    expect(stacktrace).toMatch(/TypeError: bad[\s\S]*Caused by: RangeError: worse/)
  })

  it.each([
    ['null', null, 'Thrown: null'],
    ['undefined', undefined, 'Thrown: undefined'],
    ['a string', 'oops', 'Thrown: oops'],
    ['a symbol', Symbol('s'), 'Thrown: Symbol(s)'],
    ['an object with a message', { message: 'no such row', code: 404 }, 'Thrown: no such row'],
    ['an object without one', { code: 404 }, 'Thrown: [object Object]'],
    ['an object whose message is none', { message: 404 }, 'Thrown: [object Object]'],
    ['an object that refuses to be text', hostile, 'Thrown: a value that cannot be described'],
    [
      'a proxy that throws',
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('no')
          },
          getPrototypeOf: () => {
            throw new Error('no')
          },
        },
      ),
      'Thrown: a value that cannot be described',
    ],
  ])('describes %s', (_, thrown, expected) => {
    expect(describeError(thrown).error).toBe(expected)
  })

  it('bounds a huge message and a cyclic cause', () => {
    const error = new Error('x'.repeat(50_000_000))
    error.cause = error
    const { error: text, stacktrace } = describeError(error)
    expect(text.length).toBeLessThan(9_000)
    expect(stacktrace?.length).toBeLessThan(70_000)
  })
})

describe('the type of an error', () => {
  it.each([
    [new RangeError('far'), 'RangeError'],
    ['text', null],
    [undefined, null],
    [Proxy.revocable({}, {}), null],
    [Object.assign(new Error(), { name: { toString: null } }), null],
    [Object.assign(new Error(), { name: 'key s3cret' }), 'key ***'],
  ])('%#', (thrown, expected) => {
    expect(errorType(thrown, (value) => value.replace('s3cret', '***'))).toBe(expected)
  })
})
