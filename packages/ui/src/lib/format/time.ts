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

/** `14:31:13`, in the reader's zone, always 24 h. */
export function formatClock(at: number, milliseconds = false): string {
  const date = new Date(at)
  const text = [date.getHours(), date.getMinutes(), date.getSeconds()].map(pad).join(':')
  return milliseconds ? `${text}.${String(date.getMilliseconds()).padStart(3, '0')}` : text
}

/** `Fri 02:00` */
export function dayAndHour(at: number): string {
  return `${weekdayFormat().format(at)} ${formatClock(at).slice(0, 5)}`
}

/**
 * `2026-11-19 14:31:13.102 GMT+1`: unambiguous, with its zone. English has several orders of day and
 * month, so there it is that of ISO 8601; other languages have theirs.
 */
export function formatAbsolute(
  at: number,
  precision: 'minute' | 'second' | 'millisecond' = 'millisecond',
): string {
  const format = dateFormat(precision)
  if (!/^en\b/.test(language().tag)) return format.format(at)
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]))
  const { year, month, day, timeZoneName } = parts
  const length = { minute: 5, second: 8, millisecond: 12 }[precision]
  return `${year}-${month}-${day} ${formatClock(at, true).slice(0, length)} ${timeZoneName}`
}

/** Epoch ms of an ISO instant; null when it is missing or no date. */
export function parseInstant(iso: string | null | undefined): number | null {
  if (!iso) return null
  const at = Date.parse(iso)
  return Number.isNaN(at) ? null : at
}

function pad(value: number): string {
  return String(value).padStart(2, '0')
}
