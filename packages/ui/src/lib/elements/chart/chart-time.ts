import { formatDayMinute, formatMinute } from '../../format/time.ts'
import { t } from '../../messages/messages.ts'

/** A step on the time axis: the clock, or the day where a window spans several. */
export function axisTime(at: string, range: string): string {
  const ms = Date.parse(at)
  return range === '7d' ? formatDayMinute(ms) : formatMinute(ms)
}

/** `14:15 to 14:16`; with the day for long steps. */
export function spanText(at: string, stepMs: number): string {
  const from = Date.parse(at)
  const to = formatMinute(from + stepMs)
  const start = stepMs >= 3_600_000 ? formatDayMinute(from) : formatMinute(from)
  return t('{from} to {to}', { from: start, to })
}

const MINUTES = [1, 2, 5, 10, 15, 20, 30, 60, 120, 240, 360, 720, 1440, 2880]

/** Milliseconds between two times of an axis: a length that clocks show, at least so many steps. */
export function labelEvery(stepMs: number, steps: number): number {
  const minutes = MINUTES.find(
    (one) => (one * 60_000) % stepMs === 0 && one * 60_000 >= steps * stepMs,
  )
  return (minutes ?? 2880) * 60_000
}
