import { dayAndHour, formatClock } from '../../format/time.ts'
import { t } from '../../messages/messages.ts'

/** A step on the time axis: the clock, or the day where a window spans several. */
export function axisTime(at: string, range: string): string {
  const ms = Date.parse(at)
  return range === '7d' ? dayAndHour(ms) : formatClock(ms).slice(0, 5)
}

/** `14:15 to 14:16`; with the day for long steps. */
export function spanText(at: string, stepMs: number): string {
  const from = Date.parse(at)
  const to = formatClock(from + stepMs).slice(0, 5)
  const start = stepMs >= 3_600_000 ? dayAndHour(from) : formatClock(from).slice(0, 5)
  return t('{from} to {to}', { from: start, to })
}
