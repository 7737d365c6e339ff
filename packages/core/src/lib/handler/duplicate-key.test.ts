import { expect, it } from 'vitest'
import { duplicateKey } from './duplicate-key.ts'

it.each([
  ['{}', null],
  ['{"a":1,"b":1}', null],
  ['{"a":1,"a":2}', 'a'],
  ['{"a":{"a":1},"b":[{"a":1},{"a":2}]}', null],
  ['{"a":[{"b":1,"b":2}]}', 'b'],
  ['{"a":{"b":1},"a":{"c":1}}', 'a'],
  ['{"a":1,"\\u0061":2}', 'a'],
  ['{"a":"a","b":"{\\"a\\":1,\\"a\\":2}"}', null],
  ['{"a":"\\\\","a":1}', 'a'],
  ['["a","a",{"__proto__":1,"toString":2}]', null],
  ['{"":1,"":2}', ''],
])('in %s: %j', (json, key) => {
  JSON.parse(json)
  expect(duplicateKey(json)).toBe(key)
})
