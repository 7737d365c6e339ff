import type { QueryTerm } from './parse.ts'

/** A query as text, so that `parseQuery` gives the same terms again. */
export function formatQuery(terms: readonly Omit<QueryTerm, 'start' | 'end'>[]): string {
  return terms.map(formatTerm).join(' ')
}

function formatTerm({ field, key, operator, values, negated }: Omit<QueryTerm, 'start' | 'end'>) {
  const minus = negated ? '-' : ''
  if (field === 'text') return minus + quoted(values[0] ?? '', /^-|[\s":\\]|^$/)
  const name = field === 'tag' ? `tag.${key}` : field
  const list = values.map((value) => quoted(value, /^[<>]|[\s",\\]|^$/)).join(',')
  return `${minus}${name}:${operator === ':' ? '' : operator}${list}`
}

function quoted(value: string, special: RegExp): string {
  return special.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value
}
