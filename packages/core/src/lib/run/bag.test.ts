import { describe, expect, it } from 'vitest'
import { Bag } from './bag.ts'

const items = (...names: string[]) => names.map((name) => ({ name, place: -1 }))
const namesOf = (bag: Bag<{ name: string; place: number }>) =>
  bag
    .all()
    .map(({ name }) => name)
    .sort()

describe('a bag', () => {
  it('takes out what is told, wherever that is, and once', () => {
    const [a, b, c, d] = items('a', 'b', 'c', 'd')
    const bag = new Bag<{ name: string; place: number }>()
    for (const item of [a, b, c, d]) if (item) bag.add(item)
    const gone: (string | undefined)[] = []
    for (const item of [b, d, b, a, c]) if (item && bag.delete(item)) gone.push(item.name)
    expect(gone).toEqual(['b', 'd', 'a', 'c'])
    expect(bag.size).toBe(0)
  })

  it('knows nothing of what another one holds at the same place', () => {
    const [a, b] = items('a', 'b')
    const bag = new Bag<{ name: string; place: number }>()
    const other = new Bag<{ name: string; place: number }>()
    if (a) bag.add(a)
    if (b) other.add(b)
    expect(b && bag.delete(b)).toBe(false)
    expect(namesOf(bag)).toEqual(['a'])
  })

  it('moves from one to another', () => {
    const bag = new Bag<{ name: string; place: number }>()
    const other = new Bag<{ name: string; place: number }>()
    for (const item of items('a', 'b', 'c')) bag.add(item)
    for (const item of bag.empty()) other.add(item)
    expect(bag.size).toBe(0)
    const found = other.find(({ name }) => name === 'b')
    expect(found && other.delete(found)).toBe(true)
    expect(namesOf(other)).toEqual(['a', 'c'])
  })
})
