import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { QUERY_FIELDS } from '@taskflow/core/client'
import { afterEach, describe, expect, it } from 'vitest'
import { formatDuration, formatLength } from '../format/duration.ts'
import { formatCount, formatPercent } from '../format/number.ts'
import { formatAbsolute, formatRelative } from '../format/time.ts'
import { loadGerman } from './de/german.ts'
import { languageOf, registerLanguage, speak } from './language.ts'
import { rich, t } from './messages.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

function sources(): string {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !/test|messages[\\/]de/.test(path))
    .map((path) => readFileSync(`${root}${path}`, 'utf8'))
    .join('\n')
}

async function use(tag: string): Promise<void> {
  speak(await languageOf(tag))
}

const namesOf = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort()

afterEach(() => use('en'))

describe('the German catalogue', () => {
  it('has every name that a text has, in each of its forms', async () => {
    for (const [english, german] of Object.entries(await loadGerman())) {
      const forms = german.split('|')
      expect(forms, english).toHaveLength(english.split('|').length)
      expect(namesOf(german), english).toEqual(namesOf(english))
    }
  })

  it('holds no text that nothing says any more', async () => {
    // What the fields of the query language are, they say themselves.
    const fields = Object.values(QUERY_FIELDS).map(({ about }) => `'${about}'`)
    const code = [sources(), ...fields].join('\n')
    const unused = Object.keys(await loadGerman()).filter(
      (key) => !code.includes(`'${key}'`) && !code.includes(`"${key}"`),
    )
    // Words are members of a table here and there, without quotes.
    expect(unused.filter((key) => !new RegExp(`: '${key}'`).test(code))).toEqual([])
  })
})

describe('t', () => {
  it('says English as it is, with numbers as English writes them', () => {
    expect(t('{count} run|{count} runs', { count: 1 })).toBe('1 run')
    expect(t('{count} run|{count} runs', { count: 12_345 })).toBe('12,345 runs')
  })

  it('says German, with its numbers and forms', async () => {
    await use('de-AT')
    expect(t('Retry')).toBe('Wiederholen')
    expect(t('{count} run|{count} runs', { count: 1 })).toBe('1 Lauf')
    await use('de')
    expect(t('{count} run|{count} runs', { count: 12_345 })).toBe('12.345 Läufe')
  })

  it('says English where a language lacks a text, and where nobody has the language', async () => {
    registerLanguage('eo', async () => ({ Retry: 'Reprovi' }))
    await use('eo')
    expect(t('Retry')).toBe('Reprovi')
    expect(t('Cancel')).toBe('Cancel')
    await use('tlh')
    expect(t('Retry')).toBe('Retry')
  })

  it('chooses among as many forms as a language has', async () => {
    registerLanguage('pl', async () => ({ '{count} run|{count} runs': 'a|b {count}|c|d' }))
    await use('pl')
    const say = (count: number) => t('{count} run|{count} runs', { count })
    expect([say(1), say(3), say(5), say(1.5)]).toEqual(['a', 'b 3', 'c', 'd'])
  })

  it('says English when the texts cannot be fetched, or the tag is none', async () => {
    registerLanguage('is', () => Promise.reject(new Error('offline')))
    await use('is')
    expect(t('Retry')).toBe('Retry')
    await use('no such tag!')
    expect(formatCount(1234)).toBe('1,234')
  })

  it('puts markup in the place of a name', () => {
    expect(rich('Queued as {id}', { id: 7 }).join('')).toBe('Queued as 7')
    const mark = {}
    expect(rich('Queued as {id}', { id: mark })).toContain(mark)
  })
})

describe('numbers, lengths and times', () => {
  it('are German in German', async () => {
    await use('de')
    expect(formatCount(18_412)).toBe('18.412')
    expect(formatPercent(0.997)).toBe('99,7')
    expect(formatDuration(3.1)).toMatch(/^3,1\s(s|Sek\.)$/)
    expect(formatDuration(3725)).toMatch(/^1\s?(h|Std\.) 02\sMin\.$/)
    expect(formatRelative(0, 41_000)).toMatch(/^vor 41\s(s|Sek\.)$/)
    expect(formatRelative(0, 0)).toBe('jetzt')
    expect(formatAbsolute(Date.UTC(2026, 10, 19))).toMatch(/^\d\d\.11\.2026, \d\d:\d\d:00,000 /)
  })

  it('are of one unit where people choose', () => {
    expect([60, 3600, 86_400, 604_800].map(formatLength)).toEqual(['1m', '1h', '24h', '7d'])
  })
})
