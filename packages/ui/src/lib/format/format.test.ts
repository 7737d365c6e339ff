import { describe, expect, it } from 'vitest'
import { type TimeFormat, writeTimes } from '../messages/language.ts'
import { formatDuration, formatElapsed, splitDuration } from './duration.ts'
import { formatPercent, formatTotal } from './number.ts'
import { errorMessage, errorName } from './phase.ts'
import { groupFrames, parseStack } from './stack.ts'
import {
  formatAbsolute,
  formatClock,
  formatDayMinute,
  formatMinute,
  formatRelative,
  parseInstant,
} from './time.ts'
import { excerpt, stripColours, visibleText } from './visible-text.ts'

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [0.0004, '0 ms'],
    [0.096, '96 ms'],
    [0.9996, '1s'],
    [1.27, '1.27s'],
    [3.1, '3.1s'],
    [59.996, '1m'],
    [3600, '1h'],
    [86_400, '1d'],
    [90_000, '1d 1h'],
    [62, '1m 02s'],
    [3599.6, '1h'],
    [7500, '2h 05m'],
    [100_000, '1d 3h'],
    [-1, '—'],
    [null, '—'],
  ])('says %s seconds as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text)
  })

  it('counts in whole seconds while it grows', () => {
    expect(formatElapsed(9.99)).toBe('9s')
    expect(formatElapsed(-0.2)).toBe('0s')
  })

  it('splits number and unit only where there are two', () => {
    expect(splitDuration(2.41)).toEqual({ value: '2.41', unit: 's' })
    expect(splitDuration(62)).toEqual({ value: '1m 02s', unit: '' })
    expect(splitDuration(null)).toEqual({ value: '—', unit: '' })
  })
})

describe('numbers', () => {
  it('never round a share to all or nothing', () => {
    expect(formatPercent(0.99999)).toBe('99.9')
    expect(formatPercent(0.00001)).toBe('0.1')
    expect(formatPercent(1)).toBe('100')
    expect(formatPercent(0.5)).toBe('50')
  })

  it('say when counting stopped', () => {
    expect(formatTotal(10_000, false)).toBe('10,000+')
  })
})

describe('time', () => {
  it('is relative in lists, both ways', () => {
    expect(formatRelative(1000, 1400)).toBe('now')
    expect(formatRelative(0, 41_000)).toBe('41s ago')
    expect(formatRelative(120_000, 0)).toBe('in 2m')
  })

  it('carries its zone when it is absolute', () => {
    expect(formatAbsolute(Date.UTC(2026, 10, 19))).toMatch(
      /^2026-11-\d\d \d\d:\d\d:00\.000 (GMT|UTC)/,
    )
  })

  it('is written in the zone and with the hours that are asked for', () => {
    const at = Date.UTC(2026, 10, 19, 23, 4, 5, 6)
    const written = (format: TimeFormat, write: (at: number) => string) => {
      writeTimes(format)
      const text = write(at)
      writeTimes({ timeZone: '', hourCycle: '' })
      return text
    }
    const tokyo = { timeZone: 'Asia/Tokyo', hourCycle: '' }
    expect(written(tokyo, formatAbsolute)).toBe('2026-11-20 08:04:05.006 GMT+9')
    expect(written(tokyo, formatDayMinute)).toBe('Fri 08:04')
    const newYork = { timeZone: 'America/New_York', hourCycle: 'h12' }
    expect(written(newYork, formatClock)).toBe('06:04:05 PM')
    expect(written(newYork, formatMinute)).toBe('06:04 PM')
    const nowhere = { timeZone: 'Nowhere/At_All', hourCycle: 'h23' }
    expect(written(nowhere, formatAbsolute)).toBe(formatAbsolute(at))
  })

  it('reads instants, and nothing out of anything else', () => {
    expect(parseInstant('2026-11-19T12:00:00.000Z')).toBe(Date.UTC(2026, 10, 19, 12))
    expect(parseInstant('soon')).toBeNull()
  })
})

describe('visibleText', () => {
  it('shows what would reorder or hide text', () => {
    expect(visibleText('user\u202Etxt.exe')).toBe('user⟨U+202E⟩txt.exe')
    expect(visibleText('a\u0000b\u001b[31m')).toBe('a␀b␛[31m')
    expect(visibleText('zero\u200bwidth\ufeff')).toBe('zero⟨U+200B⟩width⟨U+FEFF⟩')
  })

  it('leaves line breaks, tabs and languages alone', () => {
    expect(visibleText('a\r\nb\tc שלום 日本 👍')).toBe('a\nb\tc שלום 日本 👍')
  })

  it('cuts between characters, not inside them', () => {
    expect(excerpt('👍👍👍', 2)).toBe('👍…')
    expect(excerpt(' a\n b ')).toBe('a b')
  })

  it('drops terminal colours only', () => {
    expect(stripColours('\u001b[1;32mok\u001b[0m \u001b]0;x')).toBe('ok \u001b]0;x')
  })
})

describe('errors', () => {
  it('come apart into name and message', () => {
    expect(errorName('StripeConnectionError: connect')).toBe('StripeConnectionError')
    expect(errorMessage('StripeConnectionError: connect')).toBe('connect')
    expect(errorName('it broke: badly')).toBeNull()
    expect(errorName('AbandonTask: 410 Gone')).toBe('AbandonTask')
    expect(errorName('Note: nothing')).toBeNull()
  })

  it('fold the frames of packages, neighbours together', () => {
    const frames = parseStack(
      [
        'Error: x',
        '    at chargeCard (/app/src/charge.ts:48:19)',
        '    at a (/app/node_modules/@scope/pkg/x.js:1:1)',
        '    at b (file:///app/node_modules/@scope/pkg/y.js:1:1)',
        '    at node:net:595:8',
      ].join('\n'),
    )
    expect(groupFrames(frames).map(({ origin, frames }) => [origin, frames.length])).toEqual([
      ['', 1],
      ['node_modules/@scope/pkg', 2],
      ['node:internal', 1],
    ])
    expect(frames[0]).toMatchObject({ name: 'chargeCard', place: '/app/src/charge.ts:48:19' })
  })
})
