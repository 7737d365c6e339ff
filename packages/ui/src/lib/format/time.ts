/** `now`, `41s ago`, `12m ago`, `3h ago`, `5d ago`; `in 2m` for what is to come. */
export function formatRelative(at: number, now: number): string {
  const seconds = Math.round((now - at) / 1000)
  if (Math.abs(seconds) < 1) return 'now'
  const length = coarse(Math.abs(seconds))
  return seconds > 0 ? `${length} ago` : `in ${length}`
}

function coarse(seconds: number): string {
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`
  return `${Math.floor(seconds / 86_400)}d`
}

/** How instants are written. */
export interface TimeFormat {
  /** IANA name; empty: the reader's. */
  timeZone: string
  /** `h12` or `h11` with AM and PM; anything else is the 24 hours of `h23`. */
  hourCycle: string
}

let format: TimeFormat = { timeZone: '', hourCycle: '' }

/** Runs something that writes instants, in this format. It must not wait for anything. */
export function withTimeFormat<Result>(wanted: TimeFormat, run: () => Result): Result {
  const before = format
  format = wanted
  try {
    return run()
  } finally {
    format = before
  }
}

/** `14:31:13`, or `02:31:13 PM`. */
export function formatClock(at: number, milliseconds = false): string {
  const { hour, minute, second, fractionalSecond, dayPeriod } = partsOf(at)
  const text = [hour, minute, second].join(':')
  return withPeriod(milliseconds ? `${text}.${fractionalSecond}` : text, dayPeriod)
}

/** `14:31`, or `02:31 PM`. */
export function formatMinute(at: number): string {
  const { hour, minute, dayPeriod } = partsOf(at)
  return withPeriod(`${hour}:${minute}`, dayPeriod)
}

/** `Fri 14:31`, for spans of days. */
export function formatDayMinute(at: number): string {
  return `${partsOf(at).weekday} ${formatMinute(at)}`
}

/** `2026-11-19 14:31:13.102 GMT+1`: sortable, unambiguous, with its zone. */
export function formatAbsolute(at: number): string {
  const { year, month, day, timeZoneName } = partsOf(at)
  return `${year}-${month}-${day} ${formatClock(at, true)} ${timeZoneName ?? ''}`.trim()
}

/** Epoch ms of an ISO instant; null when it is missing or no date. */
export function parseInstant(iso: string | null | undefined): number | null {
  if (!iso) return null
  const at = Date.parse(iso)
  return Number.isNaN(at) ? null : at
}

type Parts = Partial<Record<Intl.DateTimeFormatPartTypes, string>>

const formatters = new Map<string, Intl.DateTimeFormat>()

function partsOf(at: number): Parts {
  const { timeZone, hourCycle } = format
  const key = `${timeZone} ${hourCycle}`
  let formatter = formatters.get(key)
  if (!formatter) {
    formatter = formatterOf(timeZone, hourCycle)
    formatters.set(key, formatter)
  }
  return Object.fromEntries(formatter.formatToParts(at).map(({ type, value }) => [type, value]))
}

function formatterOf(timeZone: string, hourCycle: string): Intl.DateTimeFormat {
  const digits = '2-digit'
  try {
    return new Intl.DateTimeFormat('en', {
      ...(timeZone && { timeZone }),
      hourCycle: hourCycle === 'h11' || hourCycle === 'h12' ? hourCycle : 'h23',
      weekday: 'short',
      year: 'numeric',
      month: digits,
      day: digits,
      hour: digits,
      minute: digits,
      second: digits,
      fractionalSecondDigits: 3,
      timeZoneName: 'shortOffset',
    })
  } catch {
    // No zone by that name: the reader's own is not wrong, as it is written beside the time.
    return formatterOf('', hourCycle)
  }
}

function withPeriod(text: string, period: string | undefined): string {
  return period ? `${text} ${period}` : text
}
