import { unitFormat } from '../messages/formats.ts'

/** What is shown where a value is missing. */
export const MISSING = '—'

/**
 * A length of time the way people say it: `96 ms`, `3.1s`, `42.91s`, `1m`, `1m 02s`, `2h 05m`, `3d 4h`,
 * in the units of the language. Negative and missing lengths are {@link MISSING}.
 */
export function formatDuration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds) || seconds < 0) {
    return MISSING
  }
  if (seconds < 59.995) return short(seconds, (format, value) => format.format(value))
  return long(Math.round(seconds), false)
}

/** From a minute on, in two units; `full`: also where the smaller one is nought. */
function long(whole: number, full: boolean): string {
  const [minutes, hours, days] = [whole / 60, whole / 3600, whole / 86_400].map(Math.floor)
  const [large, small, rest] =
    whole < 3600
      ? ([unit('minute', minutes), 'second', whole % 60] as const)
      : whole < 86_400
        ? ([unit('hour', hours), 'minute', (whole % 3600) / 60] as const)
        : ([unit('day', days), 'hour', (whole % 86_400) / 3600] as const)
  if (!full && Math.floor(rest) === 0) return large
  return `${large} ${unit(small, rest, small !== 'hour')}`
}

/** Like {@link formatDuration} for something that grows: whole seconds, so that it does not flicker, nor change its width. */
export function formatElapsed(seconds: number): string {
  if (seconds >= 60) return long(Math.floor(seconds), true)
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
