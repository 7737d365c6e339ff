/** What is shown where a value is missing. */
export const MISSING = '—'

/**
 * A length of time the way people say it: `96 ms`, `3.1s`, `42.91s`, `1m 02s`, `2h 05m`, `3d 4h`.
 * Negative and missing lengths are {@link MISSING}.
 */
export function formatDuration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds) || seconds < 0) {
    return MISSING
  }
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`
  if (seconds < 59.995) return `${trimmed(seconds)}s`
  const whole = Math.round(seconds)
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${pad(whole % 60)}s`
  if (whole < 86_400) return `${Math.floor(whole / 3600)}h ${pad(Math.floor((whole % 3600) / 60))}m`
  return `${Math.floor(whole / 86_400)}d ${Math.floor((whole % 86_400) / 3600)}h`
}

/** Like {@link formatDuration} for something that grows: whole seconds, so that it does not flicker. */
export function formatElapsed(seconds: number): string {
  return seconds < 60 ? `${Math.max(0, Math.floor(seconds))}s` : formatDuration(Math.floor(seconds))
}

/** Number and unit apart, for large figures: `{ value: '2.41', unit: 's' }`. */
export function splitDuration(seconds: number | null): { value: string; unit: string } {
  const text = formatDuration(seconds)
  const match = /^([\d.]+)\s?([a-z]+)$/.exec(text)
  return match?.[1] && match[2] ? { value: match[1], unit: match[2] } : { value: text, unit: '' }
}

function trimmed(seconds: number): string {
  return seconds.toFixed(2).replace(/0$/, '').replace(/\.0$/, '')
}

function pad(value: number): string {
  return String(value).padStart(2, '0')
}
