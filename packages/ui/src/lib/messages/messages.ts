import type { MessageKey } from './de/german.ts'
import { numberFormat, pluralRules } from './formats.ts'
import { language } from './language.ts'

export type { MessageKey } from './de/german.ts'

/** Names in braces: `count` and `name` of `{count} runs of {name}`. */
type Names<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Names<Rest>
  : never

/** A text without names in it, as tables of words hold them. */
export type PlainKey = {
  [Key in MessageKey]: [Names<Key>] extends [never] ? Key : never
}[MessageKey]

type Arguments<Key extends string, Value> = [Names<Key>] extends [never]
  ? []
  : [values: Record<Names<Key>, Value>]

/**
 * A text in the language of the element that is being drawn. Numbers are written as that language
 * does. `one run|{count} runs` is chosen from by `count`: the forms stand in the order of CLDR's
 * plural categories, those that the language has.
 */
export function t<Key extends MessageKey>(
  key: Key,
  ...[values]: Arguments<Key, string | number>
): string {
  return pieces(key, values ?? {}).join('')
}

/** As {@link t}, for texts without numbers and names: an element that has no others is the smaller. */
export function word(key: PlainKey): string {
  return language().messages[key] ?? key
}

/** As {@link t}, with markup for some of the names. */
export function rich<Key extends MessageKey>(
  key: Key,
  ...[values]: Arguments<Key, unknown>
): unknown[] {
  return pieces(key, values ?? {})
}

function pieces(key: string, values: Readonly<Record<string, unknown>>): unknown[] {
  const text = form(language().messages[key] ?? key, values.count)
  if (!text.includes('{')) return [text]
  return text.split(/\{(\w+)\}/).map((part, index) => {
    if (index % 2 === 0) return part
    const value = values[part]
    return typeof value === 'number' ? numberFormat().format(value) : value
  })
}

function form(text: string, count: unknown): string {
  if (!text.includes('|')) return text
  const forms = text.split('|')
  const { rules, categories } = pluralRules()
  return forms[categories.indexOf(rules.select(Number(count)))] ?? forms.at(-1) ?? text
}
