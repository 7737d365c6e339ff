import { numberFormat } from '../messages/formats.ts'

/** `18,412` */
export function formatCount(value: number): string {
  return numberFormat().format(value)
}

/** `18,412`, or `10,000+` when counting stopped there. */
export function formatTotal(total: number, exact: boolean): string {
  return exact ? formatCount(total) : `${formatCount(total)}+`
}

/** `99.7` for 0.997; 100 only when nothing at all is missing, 0 only when there is nothing. */
export function formatPercent(share: number): string {
  const percent = share * 100
  const shown = share >= 1 ? 100 : share <= 0 ? 0 : Math.min(99.9, Math.max(0.1, percent))
  return numberFormat(1).format(shown)
}

/**
 * Last eight characters of an id: enough to tell runs apart on a page. Not the first: those are the
 * time, and alike for all runs of a minute.
 */
export function shortId(id: string): string {
  return id.slice(-8)
}
