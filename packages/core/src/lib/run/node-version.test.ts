import { expect, it } from 'vitest'
import { checkNodeVersion } from './node-version.ts'

it.each(['22.12.0', '22.20.1', '24.0.0', undefined])('takes Node %s', (version) => {
  expect(() => checkNodeVersion(version)).not.toThrow()
})

it.each(['18.20.4', '20.20.2', '22.11.0'])('refuses Node %s in one line', (version) => {
  expect(() => checkNodeVersion(version)).toThrow(
    `taskflow: expected Node 22.12 or newer, got ${version}: install a newer Node`,
  )
})
