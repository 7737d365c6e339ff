import { dateFormat, relativeFormat, weekdayFormat } from '../messages/formats.ts'
import { language } from '../messages/language.ts'

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const

/** `now`, `41s ago`, `12m ago`, `3h ago`, `5d ago`; `in 2m` for what is to come. */
export function formatRelative(at: number, now: number): string {
  const seconds = Math.round((at - now) / 1000)
  const [unit, length] = UNITS.find(([, one]) => Math.abs(seconds) >= one) ?? UNITS[3]
  const format = relativeFormat(seconds === 0)
  return format.format(Math.trunc(seconds / length), unit)
}

/** `14:31:13`, or `02:31:13 PM`. */
export function formatClock(at: number, milliseconds = false): string {
  return clockAt(at, milliseconds ? 'millisecond' : 'second')
}

/** `14:31`, or `02:31 PM`. */
export function formatMinute(at: number): string {
  return clockAt(at, 'minute')
}

/** `Fri 14:31`, for spans of days. */
export function formatDayMinute(at: number): string {
  return `${weekdayFormat().format(at)} ${formatMinute(at)}`
}

type Precision = 'minute' | 'second' | 'millisecond'

/**
 * `2026-11-19 14:31:13.102 GMT+1`: unambiguous, with its zone. English has several orders of day and
 * month, so there it is that of ISO 8601; other languages have theirs.
 */
export function formatAbsolute(at: number, precision: Precision = 'millisecond'): string {
  const format = dateFormat(precision)
  let known = written.get(format)
  if (!known || known.size >= MOST_WRITTEN) {
    known = new Map()
    written.set(format, known)
  }
  let text = known.get(at)
  if (text === undefined) {
    text = write(format, at)
    known.set(at, text)
  }
  return text
}

/** Times that were written out lately: a list draws the same ones every second. */
const written = new WeakMap<Intl.DateTimeFormat, Map<number, string>>()
const MOST_WRITTEN = 1000

function write(format: Intl.DateTimeFormat, at: number): string {
  if (!/^en\b/.test(language().tag)) return format.format(at)
  const parts = partsOf(at, format)
  const { year, month, day, timeZoneName } = parts
  return `${year}-${month}-${day} ${clock(parts)} ${timeZoneName ?? ''}`.trim()
}

/** Epoch ms of an ISO instant; null when it is missing or no date. */
export function parseInstant(iso: string | null | undefined): number | null {
  if (!iso) return null
  const at = Date.parse(iso)
  return Number.isNaN(at) ? null : at
}

type Parts = Partial<Record<Intl.DateTimeFormatPartTypes, string>>

function partsOf(at: number, format: Intl.DateTimeFormat): Parts {
  const parts = format.formatToParts(at)
  return Object.fromEntries(parts.map(({ type, value }) => [type, value]))
}

function clockAt(at: number, precision: Precision): string {
  return clock(partsOf(at, dateFormat(precision)))
}

function clock({ hour, minute, second, fractionalSecond, dayPeriod }: Parts): string {
  const text = [hour, minute, second].filter(Boolean).join(':')
  const whole = fractionalSecond ? `${text}.${fractionalSecond}` : text
  return dayPeriod ? `${whole} ${dayPeriod}` : whole
}
