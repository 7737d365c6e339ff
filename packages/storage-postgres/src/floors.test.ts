import { expect, it } from 'vitest'
import { Floors, type Head } from './lib/floors.ts'

const NOW = 1_000_000
const HOUR = 3_600_000

function piled(...heads: Head[]): Floors {
  const floors = new Floors()
  floors.looked(floors.age, ['work'], { now: NOW, walked: 10_000, heads })
  return floors
}

const floorOf = (floors: Floors) => floors.of(['work'])?.[2]

it('without a pile there are no floors', () => {
  const floors = new Floors()
  const heads: Head[] = [['work', 0, NOW - HOUR]]
  floors.looked(floors.age, ['work'], { now: NOW, walked: 10, heads })
  floors.claimed(floors.age, ['work'], true, () => ({ now: NOW, claimed: heads, left: [] }))
  expect(floors.of(['work'])).toBeNull()
})

it('a floor is the first task that was seen, and stays a second behind the clock', () => {
  expect(floorOf(piled(['work', 0, NOW - HOUR]))).toBe(`{${NOW - HOUR}}`)
  expect(floorOf(piled(['work', 0, NOW - 10]))).toBe(`{${NOW - 1_000}}`)
  expect(floorOf(piled(['work', 0, NOW + HOUR]))).toBe(`{${NOW - 1_000}}`)
})

it('a claim moves it to the first that is left, else to the last that it claimed', () => {
  const floors = piled(['work', 0, NOW - HOUR])
  const claimed: Head[] = [
    ['work', 0, NOW - 9_000],
    ['work', 0, NOW - 7_000],
  ]
  floors.claimed(floors.age, ['work'], false, () => ({ now: NOW, claimed, left: [] }))
  expect(floorOf(floors)).toBe(`{${NOW - 7_000}}`)
  const left: Head[] = [['work', 0, NOW - 8_000]]
  floors.claimed(floors.age, ['work'], false, () => ({ now: NOW, claimed, left }))
  expect(floorOf(floors)).toBe(`{${NOW - 8_000}}`)
})

it('a claim that began before a beat does not move what the beat found', () => {
  const floors = piled(['work', 0, NOW - 9_000])
  const before = floors.age
  const heads: Head[] = [['work', 0, NOW - HOUR]]
  floors.looked(floors.age, ['work'], { now: NOW, walked: 10_000, heads })
  const left: Head[] = [['work', 0, NOW - 5_000]]
  floors.claimed(before, ['work'], false, () => ({ now: NOW, claimed: [], left }))
  expect(floorOf(floors)).toBe(`{${NOW - HOUR}}`)
})

it('nor does one that began before something was stored as due earlier', () => {
  const floors = piled(['work', 0, NOW - 9_000])
  const before = floors.age
  floors.lower(NOW - HOUR)
  const left: Head[] = [['work', 0, NOW - 5_000]]
  floors.claimed(before, ['work'], false, () => ({ now: NOW, claimed: [], left }))
  expect(floorOf(floors)).toBe(`{${NOW - HOUR}}`)
})

it('what is due much later changes nothing', () => {
  const floors = piled(['work', 0, NOW - 9_000])
  const before = floors.age
  floors.lower(NOW + HOUR)
  const left: Head[] = [['work', 0, NOW - 5_000]]
  floors.claimed(before, ['work'], false, () => ({ now: NOW, claimed: [], left }))
  expect(floorOf(floors)).toBe(`{${NOW - 5_000}}`)
})

it('forgetting takes a look under way along, and the next beat brings floors again', () => {
  const floors = piled(['work', 0, NOW - 9_000])
  const look = { now: NOW, walked: 10_000, heads: [['work', 0, NOW - 5_000]] as Head[] }
  const before = floors.age
  floors.forget()
  floors.looked(before, ['work'], look)
  expect(floors.of(['work'])).toBeNull()
  floors.looked(floors.age, ['work'], look)
  expect(floorOf(floors)).toBe(`{${NOW - 5_000}}`)
})

it('all is forgotten once beats read little', () => {
  const floors = piled(['work', 0, NOW - 9_000])
  floors.looked(floors.age, ['work'], { now: NOW, walked: 10, heads: [] })
  expect(floors.of(['work'])).toBeNull()
})
