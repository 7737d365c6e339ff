import { language } from './language.ts'

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

/** Date, clock with 24 hours, and zone. */
export function dateFormat(precision: 'minute' | 'second' | 'millisecond'): Intl.DateTimeFormat {
  return format(
    precision,
    (tag) =>
      new Intl.DateTimeFormat(tag, {
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
        timeZoneName: 'shortOffset',
        ...(precision !== 'minute' && { second: '2-digit' }),
        ...(precision === 'millisecond' && { fractionalSecondDigits: 3 }),
      }),
  )
}

/** `Fri` */
export function weekdayFormat(): Intl.DateTimeFormat {
  return format('weekday', (tag) => new Intl.DateTimeFormat(tag, { weekday: 'short' }))
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
