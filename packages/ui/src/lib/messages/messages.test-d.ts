import { describe, expectTypeOf, it } from 'vitest'
import { t } from './messages.ts'

describe('t', () => {
  it('takes the texts of the catalogue, with what they name', () => {
    expectTypeOf(t('Retry')).toBeString()
    expectTypeOf(t('{count} run|{count} runs', { count: 2 })).toBeString()
  })

  it('takes nothing else', () => {
    // @ts-expect-error not in the catalogue
    t('Retry them')
    // @ts-expect-error the number is missing
    t('{count} run|{count} runs')
    // @ts-expect-error another name
    t('{count} run|{count} runs', { number: 2 })
    // @ts-expect-error nothing is named
    t('Retry', { count: 2 })
  })
})
