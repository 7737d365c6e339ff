import { QUERY_FIELDS, type QueryField } from '@taskflow/core/client'
import { type PlainKey, t } from '../../messages/messages.ts'

/** A value that a field may be asked for. */
export interface KnownValue {
  value: string
  /** What to say beside it. */
  note?: string
  count?: number
}

/** One line of the list below the field. */
export interface Suggestion {
  /** What takes the place of the word that is being typed. */
  insert: string
  label: string
  /** Part of the label that was typed. */
  match: string
  note: string
  /** A whole term: nothing more is to be typed. */
  complete: boolean
}

const MOST = 8
const EXAMPLES: Partial<Record<QueryField, readonly [string, PlainKey][]>> = {
  created: [
    ['<1h', 'in the last hour'],
    ['<24h', 'in the last 24 hours'],
    ['<7d', 'in the last 7 days'],
    ['>7d', 'longer ago than 7 days'],
  ],
  started: [['<1h', 'in the last hour']],
  ended: [
    ['<1h', 'in the last hour'],
    ['<24h', 'in the last 24 hours'],
  ],
  duration: [
    ['>1s', 'longer than a second'],
    ['>10s', 'longer than 10 seconds'],
    ['>1m', 'longer than a minute'],
    ['<100ms', 'shorter than 100 ms'],
  ],
  attempt: [['>1', 'more than one attempt']],
  priority: [
    ['>0', 'higher than normal'],
    ['<0', 'lower than normal'],
  ],
}

/** The fields, with what they are in the words that other languages translate. */
const FIELDS: Record<QueryField, { about: PlainKey; words?: readonly string[] }> = QUERY_FIELDS

/** What may follow what was typed up to the caret: names of fields, then their values. */
export function suggestionsFor(
  typed: string,
  known: (field: string) => readonly KnownValue[],
  offered: readonly string[] = Object.keys(FIELDS),
): { word: string; heading: string; list: Suggestion[] } {
  const word = /\S*$/.exec(typed)?.[0] ?? ''
  const minus = word.startsWith('-') ? '-' : ''
  const bare = word.slice(minus.length)
  const colon = bare.indexOf(':')
  if (colon < 0) return { word, heading: t('Fields'), list: fields(bare, minus, known, offered) }
  const field = bare.slice(0, colon)
  const before = bare.slice(colon + 1)
  const comma = before.lastIndexOf(',')
  const done = before.slice(0, comma + 1)
  const part = before.slice(comma + 1)
  return { word, heading: field, list: values(field, done, part, minus, known) }
}

function fields(
  part: string,
  minus: string,
  known: (field: string) => readonly KnownValue[],
  offered: readonly string[],
): Suggestion[] {
  const found: Suggestion[] = []
  for (const [name, { about }] of Object.entries(FIELDS)) {
    if (!name.startsWith(part) || !offered.includes(name)) continue
    found.push({
      insert: `${minus}${name}:`,
      label: `${name}:`,
      match: part,
      note: t(about),
      complete: false,
    })
  }
  if ('tag.'.startsWith(part) || part.startsWith('tag.')) {
    for (const { value } of known('tag')) {
      const label = `tag.${value}`
      if (!label.startsWith(part)) continue
      found.push({ insert: `${minus}${label}`, label, match: part, note: t('tag'), complete: true })
    }
  }
  if (part.length < 2) return found.slice(0, 20)
  const names = values('task', '', part, minus, known)
  return [...found, ...names.map((one) => ({ ...one, note: one.note || t('task') }))].slice(0, MOST)
}

function values(
  field: string,
  done: string,
  part: string,
  minus: string,
  known: (field: string) => readonly KnownValue[],
): Suggestion[] {
  const info = Object.hasOwn(FIELDS, field) ? FIELDS[field as QueryField] : undefined
  const examples = EXAMPLES[field as QueryField]
  const choices: readonly KnownValue[] =
    examples?.map(([value, note]) => ({ value, note: t(note) })) ??
    (info?.words ? merge(info.words, known(field)) : known(field))
  return choices
    .filter(({ value }) => value.toLowerCase().includes(part.toLowerCase()))
    .slice(0, MOST)
    .map(({ value, note, count }) => ({
      insert: `${minus}${field}:${done}${quoted(value)}`,
      label: value,
      match: part,
      note: [note, count === undefined ? '' : String(count)].filter(Boolean).join(' · '),
      complete: true,
    }))
}

function merge(words: readonly string[], known: readonly KnownValue[]): KnownValue[] {
  return words.map((value) => known.find((one) => one.value === value) ?? { value })
}

function quoted(value: string): string {
  return /[\s",\\]/.test(value) && !/^[<>]/.test(value)
    ? `"${value.replace(/["\\]/g, '\\$&')}"`
    : value
}
