import { Cron } from 'croner'
import { describe, expect, it } from 'vitest'
import { Timetable, type Timing } from './timetable.ts'
import { readTrigger, type Trigger } from './trigger.ts'

const HOUR = 3_600_000
const MINUTE = 60_000
const iso = (at: number) => new Date(at).toISOString()

function timetable(when: Trigger, more: Partial<Timing> = {}): Timetable {
  const trigger = readTrigger(when, 'test')
  const timing = { trigger, anchor: 0, startAt: null, endAt: null, jitterMs: 0, ...more }
  return new Timetable('s', timing)
}

/** All ticks of a span. */
function ticks(table: Timetable, from: number, to: number): number[] {
  const found: number[] = []
  for (let at = table.next(from); at !== null && at < to; at = table.next(at)) found.push(at)
  return found
}

/** Where two lists of instants differ; thousands of equal ones say nothing. */
function difference(found: number[], expected: number[]) {
  const [foundSet, expectedSet] = [new Set(found), new Set(expected)]
  return {
    missing: expected.filter((at) => !foundSet.has(at)).map(iso),
    unexpected: found.filter((at) => !expectedSet.has(at)).map(iso),
    twice: found.length - new Set(found).size,
    any: expected.length > 0,
  }
}

const same = { missing: [], unexpected: [], twice: 0, any: true }

/** What the clocks on the wall show, minute by minute, as if it were UTC. */
function wallClock(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  })
  return (at) => {
    const parts = format.formatToParts(at)
    const part = (name: string) => Number(parts.find(({ type }) => type === name)?.value)
    return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'))
  }
}

const DAY = 24 * HOUR
/** Two years each, with every odd day that the zone had. */
const zones: [zone: string, from: number][] = [
  ['America/New_York', Date.UTC(2025, 0, 1)],
  ['Europe/Berlin', Date.UTC(2025, 0, 1)],
  ['Australia/Lord_Howe', Date.UTC(2025, 0, 1)],
  ['Pacific/Apia', Date.UTC(2010, 6, 1)],
  ['Asia/Kathmandu', Date.UTC(2025, 0, 1)],
]

describe.each(zones)('two years in %s', (timeZone, from) => {
  const to = from + 730 * DAY
  const step = 5 * MINUTE
  const wall = wallClock(timeZone)
  const walls: { at: number; wall: number }[] = []
  for (let at = from; at <= to; at += step) walls.push({ at, wall: wall(at) })

  it.each([
    [0, 0],
    [0, 30],
    [1, 30],
    [2, 0],
    [2, 30],
    [3, 0],
    [9, 10],
    [23, 50],
  ])('a fixed time of day, %i:%i, comes once on every day that there is', (hour, minute) => {
    const found = ticks(timetable({ cron: `${minute} ${hour} * * *`, timeZone }), from, to)
    expect(difference(found, passed(hour * HOUR + minute * MINUTE))).toEqual(same)
  })

  /** Whenever the clocks pass a time for the first time that day; also where they leap over it. */
  function passed(time: number): number[] {
    const found: number[] = []
    let high = walls[0]?.wall ?? 0
    for (const { at, wall } of walls.slice(1)) {
      const wanted = Math.floor(wall / DAY) * DAY + time
      if (high < wanted && wanted <= wall && at < to) found.push(at)
      high = Math.max(high, wall)
    }
    return found
  }

  it.each<[cron: string, hours: number[], minutes: number[]]>([
    ['0 2,14 * * *', [2, 14], [0]],
    ['30 1-3 * * *', [1, 2, 3], [30]],
    ['0,30 0,1,2 * * *', [0, 1, 2], [0, 30]],
    ['*/20 2 * * *', [2], [0, 20, 40]],
  ])(
    'several times of day, %s, come each as if alone, and once at one instant',
    (cron, hours, minutes) => {
      const times = hours.flatMap((hour) => minutes.map((minute) => hour * HOUR + minute * MINUTE))
      const expected = [...new Set(times.flatMap(passed))].sort((a, b) => a - b)
      expect(difference(ticks(timetable({ cron, timeZone }), from, to), expected)).toEqual(same)
    },
  )

  // Days around each change of the clocks, where the odd things are, and the first of the year.
  const odd = walls.slice(1).filter(({ at, wall }, i) => {
    const shifted = wall - (walls[i]?.wall ?? 0) !== step
    return shifted || at === from + 3 * DAY
  })
  const near = (at: number) => odd.some((change) => Math.abs(change.at - at) < 2 * DAY)

  it.each([
    ['*/10 * * * *', (_: Date) => true],
    ['0 * * * *', (clock: Date) => clock.getUTCMinutes() === 0],
    [
      '30 */2 * * *',
      (clock: Date) => clock.getUTCMinutes() === 30 && clock.getUTCHours() % 2 === 0,
    ],
  ])(
    '%s follows elapsed time: it comes whenever the clocks show it, in both folds',
    (cron, shows) => {
      const expected = walls
        .filter(({ at, wall }) => wall % (10 * MINUTE) === 0 && near(at) && shows(new Date(wall)))
        .map(({ at }) => at)
      const table = timetable({ cron, timeZone })
      const found = odd.flatMap(({ at }) => ticks(table, at - 2 * DAY, at + 2 * DAY))
      expect(difference(found.filter(near), expected)).toEqual(same)
    },
  )

  it.each([
    '0 0 * * *',
    '15 2 * * *',
    '59 59 1 * * *',
    '0 3 1 * *',
    '0 12 L * *',
    '0 9 * * 5#2',
    '0 0 29 * *',
    '@daily',
    '@hourly',
  ])('%s is due when croner says so', (cron) => {
    const croner = new Cron(cron, { timezone: timeZone, paused: true })
    const expected: number[] = []
    for (let at = croner.nextRun(new Date(from)); at && at.getTime() < to; ) {
      expected.push(at.getTime())
      at = croner.nextRun(at)
    }
    expect(difference(ticks(timetable({ cron, timeZone }), from, to), expected)).toEqual(same)
  })
})

describe('an interval', () => {
  const anchor = Date.UTC(2026, 2, 1, 10, 3, 27)

  it('lies on its grid, whenever one asks, over every change of the clocks', () => {
    const table = timetable({ everyMs: HOUR }, { anchor })
    for (const after of [anchor, anchor + 1, anchor + 59 * MINUTE, anchor - 5 * HOUR]) {
      const at = table.next(after) ?? 0
      expect(Math.abs(at - anchor) % HOUR).toBe(0)
      expect(at - after).toBeGreaterThan(0)
      expect(at - after).toBeLessThanOrEqual(HOUR)
    }
  })

  it('begins at startAt and ends at endAt, both included', () => {
    const timing = { anchor, startAt: anchor, endAt: anchor + 2 * HOUR }
    const table = timetable({ everyMs: HOUR }, timing)
    expect(table.upcoming(0, 10)).toEqual([anchor, anchor + HOUR, anchor + 2 * HOUR])
  })
})

describe('anyOf', () => {
  it('is due when one of its parts is, once where two are', () => {
    const at = Date.UTC(2026, 0, 1, 0, 45)
    const table = timetable({ anyOf: [{ cron: '0 * * * *' }, { everyMs: 30 * MINUTE }, { at }] })
    expect(table.upcoming(Date.UTC(2026, 0, 1), 5).map(iso)).toEqual([
      '2026-01-01T00:30:00.000Z',
      '2026-01-01T00:45:00.000Z',
      '2026-01-01T01:00:00.000Z',
      '2026-01-01T01:30:00.000Z',
      '2026-01-01T02:00:00.000Z',
    ])
  })
})

describe('jitter', () => {
  it('is the same wherever one asks, differs between ticks, and never reaches the tick after', () => {
    const [a, b] = [1, 2].map(() => timetable({ everyMs: HOUR }, { jitterMs: 2 * HOUR }))
    const found = ticks(a as Timetable, 0, 200 * HOUR)
    expect(ticks(b as Timetable, 0, 200 * HOUR)).toEqual(found)
    expect(found.map((at) => Math.floor(at / HOUR))).toEqual(found.map((_, i) => i + 1))
    expect(new Set(found.map((at) => at % HOUR)).size).toBeGreaterThan(190)
  })

  it.each([0, 10 * MINUTE, HOUR, 5 * HOUR])(
    'of up to %i ms: a tick waits between its time and its start, and at no other moment',
    (jitterMs) => {
      const table = timetable({ cron: '0 * * * *' }, { jitterMs })
      for (let planned = HOUR; planned < 50 * HOUR; planned += HOUR) {
        const start = table.next(planned - 1) ?? expect.fail('it goes on')
        expect(table.waiting(planned)).toBe(start > planned ? start : null)
        expect(table.waiting(Math.max(planned, start - 1))).toBe(start > planned ? start : null)
        expect(table.waiting(start)).toBe(null)
        expect(table.waiting(planned + HOUR - 1)).toBe(null)
      }
    },
  )

  it('longer than a crowd of ticks: only the last of them may wait', () => {
    const times = [{ cron: '* * 9 * * *' }, { cron: '0 12 * * *' }]
    const table = timetable({ anyOf: times }, { jitterMs: DAY })
    const last = 10 * HOUR - 1_000
    const start = table.next(last - 1) ?? expect.fail('it goes on')
    expect(start).toBeGreaterThan(last)
    expect(table.waiting(start - 1)).toBe(start)
    expect(table.waiting(start)).toBe(null)
    expect(table.waiting(10 * HOUR - 1_001)).not.toBe(start)
  })
})

describe('jitter before an end', () => {
  it('takes no tick beyond it', () => {
    for (let n = 0; n < 50; n++) {
      const endAt = n * HOUR + 7
      const table = timetable({ everyMs: HOUR }, { jitterMs: HOUR, endAt })
      expect(table.upcoming(-1, 1_000).at(-1)).toBeLessThanOrEqual(endAt)
    }
  })
})

describe('the last ticks of a span', () => {
  it.each([1_000, MINUTE, DAY])('every %i ms: the newest ones, however long it is', (everyMs) => {
    const table = timetable({ everyMs })
    const to = 1_000 * DAY
    const newest = Array.from({ length: 100 }, (_, i) => to - (99 - i) * everyMs)
    expect(table.latest(1, to, 100)).toEqual(newest)
    expect(table.latest(to - 2 * everyMs, to, 100)).toEqual(newest.slice(-3))
    expect(table.latest(to + 1, to, 100)).toEqual([])
  })
})
