import { describe, expect, it } from 'vitest'
import { parseAnsi } from './ansi.ts'

const ESC = String.fromCharCode(27)

describe('parseAnsi', () => {
  it.each([
    ['plain', [['plain', '']]],
    [
      `${ESC}[31mred${ESC}[0m.`,
      [
        ['red', 'a1'],
        ['.', ''],
      ],
    ],
    [
      `${ESC}[1;4;96mx${ESC}[22my${ESC}[24;39mz`,
      [
        ['x', 'bold underline a14'],
        ['y', 'underline a14'],
        ['z', ''],
      ],
    ],
    [`${ESC}[38;5;9mx`, [['x', 'a9']]],
    [`${ESC}[38;2;0;120;0;1mx`, [['x', 'bold a2']]],
    [`${ESC}[48;2;1;2;3;31mx`, [['x', 'a1']]],
    [
      `a${ESC}[2Kb${ESC}[10;3Hc`,
      [
        ['a', ''],
        ['b', ''],
        ['c', ''],
      ],
    ],
    [
      `${ESC}[mx${ESC}[999my`,
      [
        ['x', ''],
        ['y', ''],
      ],
    ],
  ])('%j', (text, expected) => {
    expect(parseAnsi(text).map(({ text, classes }) => [text, classes])).toEqual(expected)
  })

  it('leaves what is no sequence to be shown as it is', () => {
    expect(parseAnsi(`${ESC}]8;;http://x${ESC}`)).toEqual([
      { text: `${ESC}]8;;http://x${ESC}`, classes: '' },
    ])
  })
})
