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

/** `14:31:13`, in the reader's zone, always 24 h. */
export function formatClock(at: number, milliseconds = false): string {
  const date = new Date(at)
  const text = [date.getHours(), date.getMinutes(), date.getSeconds()].map(pad).join(':')
  return milliseconds ? `${text}.${String(date.getMilliseconds()).padStart(3, '0')}` : text
}

/** `2026-11-19 14:31:13.102 GMT+1`: sortable, unambiguous, with its zone. */
export function formatAbsolute(at: number): string {
  const date = new Date(at)
  const day = [date.getFullYear(), pad(date.getMonth() + 1), pad(date.getDate())].join('-')
  return `${day} ${formatClock(at, true)} ${zoneName(date)}`.trim()
}

/** Epoch ms of an ISO instant; null when it is missing or no date. */
export function parseInstant(iso: string | null | undefined): number | null {
  if (!iso) return null
  const at = Date.parse(iso)
  return Number.isNaN(at) ? null : at
}

function zoneName(date: Date): string {
  const parts = new Intl.DateTimeFormat('en', { timeZoneName: 'shortOffset' }).formatToParts(date)
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? ''
}

function pad(value: number): string {
  return String(value).padStart(2, '0')
}
