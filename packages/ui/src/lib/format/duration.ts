import { unitFormat } from '../messages/formats.ts'

/** What is shown where a value is missing. */
export const MISSING = '—'

/**
 * A length of time the way people say it: `96 ms`, `3.1s`, `42.91s`, `1m 02s`, `2h 05m`, `3d 4h`, in
 * the units of the language. Negative and missing lengths are {@link MISSING}.
 */
export function formatDuration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds) || seconds < 0) {
    return MISSING
  }
  if (seconds < 59.995) return short(seconds, (format, value) => format.format(value))
  const whole = Math.round(seconds)
  const [minutes, hours, days] = [whole / 60, whole / 3600, whole / 86_400].map(Math.floor)
  if (whole < 3600) return pair(unit('minute', minutes), unit('second', whole % 60, true))
  if (whole < 86_400) return pair(unit('hour', hours), unit('minute', (whole % 3600) / 60, true))
  return pair(unit('day', days), unit('hour', (whole % 86_400) / 3600))
}

/** Like {@link formatDuration} for something that grows: whole seconds, so that it does not flicker. */
export function formatElapsed(seconds: number): string {
  if (seconds >= 60) return formatDuration(Math.floor(seconds))
  return unit('second', Math.max(0, seconds))
}

/** A length that people choose, in one unit: `15m`, `6h`, `7d`. */
export function formatLength(seconds: number): string {
  if (seconds < 60) return unit('second', seconds)
  if (seconds < 3600) return unit('minute', seconds / 60)
  return seconds <= 86_400 ? unit('hour', seconds / 3600) : unit('day', seconds / 86_400)
}

/** Number and unit apart, for large figures: `{ value: '2.41', unit: 's' }`. */
export function splitDuration(seconds: number | null): { value: string; unit: string } {
  if (seconds === null || !(seconds >= 0 && seconds < 59.995)) {
    return { value: formatDuration(seconds), unit: '' }
  }
  const parts = short(seconds, (format, value) => format.formatToParts(value))
  const text = (isUnit: boolean) =>
    parts
      .filter(({ type }) => (type === 'unit' || type === 'literal') === isUnit)
      .map(({ value }) => value)
      .join('')
      .trim()
  return { value: text(false), unit: text(true) }
}

/** Below a minute: milliseconds, or seconds with what is after the point. */
function short<Result>(
  seconds: number,
  use: (format: Intl.NumberFormat, value: number) => Result,
): Result {
  return seconds < 0.9995
    ? use(unitFormat('millisecond'), Math.round(seconds * 1000))
    : use(unitFormat('second'), seconds)
}

function unit(name: Parameters<typeof unitFormat>[0], value = 0, two = false): string {
  return unitFormat(name, two).format(Math.floor(value))
}

function pair(large: string, small: string): string {
  return `${large} ${small}`
}
