import { describe, expect, it } from 'vitest'
import { parseTraces } from './stack.ts'

const STACK = `Error: connect failed
    at pay (file:///app/src/pay.ts:48:19)
    at send (/app/node_modules/stripe/lib/net.js:5:1)
    at end (/app/node_modules/stripe/lib/net.js:9:1)
Caused by: Error: socket hang up
more of it
    at Socket.onClose (node:net:595:8)`

describe('a stack', () => {
  it('is told apart from those of its causes', () => {
    const [own, cause] = parseTraces(STACK)
    expect(own?.cause).toBe('')
    expect(own?.frames.map(({ name }) => name)).toEqual(['pay', 'send', 'end'])
    expect(cause?.cause).toBe('Error: socket hang up\nmore of it')
    expect(cause?.frames.map(({ place }) => place)).toEqual(['node:net:595:8'])
  })

  it('may be missing', () => {
    expect(parseTraces('no frames')).toEqual([{ cause: '', frames: [] }])
  })
})
