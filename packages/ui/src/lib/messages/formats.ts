import { language, timeFormat } from './language.ts'

const ORDER = ['zero', 'one', 'two', 'few', 'many', 'other']

type Unit = 'millisecond' | 'second' | 'minute' | 'hour' | 'day'

/** Making a formatter costs more than using it a thousand times: one per language and kind. */
const formats = new Map<string, unknown>()

function format<Made>(kind: string, make: (tag: string) => Made): Made {
  const { tag } = language()
  const key = `${tag} ${kind}`
  const known = formats.get(key) as Made | undefined
  if (known) return known
  const made = make(tag)
  formats.set(key, made)
  return made
}

/** A number with at most so many digits after the point. */
export function numberFormat(digits = 0): Intl.NumberFormat {
  return format(
    `n${digits}`,
    (tag) => new Intl.NumberFormat(tag, { maximumFractionDigits: digits }),
  )
}

/** A number with its unit; `two` writes whole numbers with two digits, as after `1m`. */
export function unitFormat(unit: Unit, two = false): Intl.NumberFormat {
  return format(
    `${unit}${two}`,
    (tag) =>
      new Intl.NumberFormat(tag, {
        style: 'unit',
        unit,
        unitDisplay: unit === 'millisecond' ? 'short' : 'narrow',
        maximumFractionDigits: 2,
        ...(two && { minimumIntegerDigits: 2 }),
      }),
  )
}

/** `41s ago`, `in 2m`; with words `now`, but also `yesterday`. */
export function relativeFormat(words: boolean): Intl.RelativeTimeFormat {
  const numeric = words ? 'auto' : 'always'
  return format(
    `relative ${numeric}`,
    (tag) => new Intl.RelativeTimeFormat(tag, { style: 'narrow', numeric }),
  )
}

/** Date, clock and zone. */
export function dateFormat(precision: 'minute' | 'second' | 'millisecond'): Intl.DateTimeFormat {
  return instantFormat(precision, {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'shortOffset',
    ...(precision !== 'minute' && { second: '2-digit' }),
    ...(precision === 'millisecond' && { fractionalSecondDigits: 3 }),
  })
}

/** `Fri` */
export function weekdayFormat(): Intl.DateTimeFormat {
  return instantFormat('weekday', { weekday: 'short' })
}

/** In the zone and with the hours that are asked for. */
function instantFormat(kind: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const { timeZone, hourCycle } = timeFormat()
  return format(`${kind} ${timeZone} ${hourCycle}`, (tag) => {
    const cycle = hourCycle === 'h11' || hourCycle === 'h12' ? hourCycle : 'h23'
    const plain = { ...options, hourCycle: cycle } as const
    try {
      return new Intl.DateTimeFormat(tag, { ...plain, ...(timeZone && { timeZone }) })
    } catch {
      // No zone by that name: the reader's own is not wrong, as it is written beside the time.
      return new Intl.DateTimeFormat(tag, plain)
    }
  })
}

/** `a, b and c`, or `a, b or c`. */
export function listFormat(type: 'conjunction' | 'disjunction'): Intl.ListFormat {
  return format(type, (tag) => new Intl.ListFormat(tag, { type }))
}

/** Which form of a text goes with a number, and the forms in the order in which texts hold them. */
export function pluralRules(): { rules: Intl.PluralRules; categories: string[] } {
  return format('plurals', (tag) => {
    const rules = new Intl.PluralRules(tag)
    const { pluralCategories } = rules.resolvedOptions()
    return { rules, categories: ORDER.filter((one) => pluralCategories.some((it) => it === one)) }
  })
}
