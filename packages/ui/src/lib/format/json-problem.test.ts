import { expect, it } from 'vitest'
import { jsonProblem } from './json-problem.ts'

it('says where JSON cannot be read, and nothing of what can be', () => {
  expect(jsonProblem('')).toBeNull()
  expect(jsonProblem('{"a": [1, 2]}')).toBeNull()
  expect(jsonProblem('{\n  "a": x\n}')).toBe('The JSON cannot be read at line 2, column 8.')
  expect(jsonProblem('{"a": ')).toBe('The JSON ends too early at line 1, column 7.')
})
