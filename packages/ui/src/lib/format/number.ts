const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/** `18,412` */
export function formatCount(value: number): string {
  return whole.format(value)
}

/** `18,412`, or `10,000+` when counting stopped there. */
export function formatTotal(total: number, exact: boolean): string {
  return exact ? formatCount(total) : `${formatCount(total)}+`
}

/** `99.7` for 0.997; 100 only when nothing at all is missing, 0 only when there is nothing. */
export function formatPercent(share: number): string {
  const percent = share * 100
  if (share >= 1) return '100'
  if (share <= 0) return '0'
  return Math.min(99.9, Math.max(0.1, percent)).toFixed(1).replace(/\.0$/, '')
}

/** `1 run`, `2 runs` */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

/**
 * Last eight characters of an id: enough to tell runs apart on a page. Not the first: those are the
 * time, and alike for all runs of a minute.
 */
export function shortId(id: string): string {
  return id.slice(-8)
}
