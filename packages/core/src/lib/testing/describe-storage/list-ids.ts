import assert from 'node:assert/strict'
import type { TaskFilter } from '../../storage/contract.ts'
import { type Bench, HOUR } from './bench.ts'
import type { Suite } from './harness.ts'

const START = Date.UTC(2026, 0, 1)
const COUNT = 48

interface Made {
  id: string
  at: number
  func: string
  tenant: string
}

/** Ids that tell when their tasks were made, as those of clients do: a storage may make use of it. */
export function listIdsCases({ describe, test }: Suite): void {
  describe('list: ids that tell the time', () => {
    test('time ranges hold what was made in them, live and ended', async (bench) => {
      const made = await fill(bench)
      const middle = START + 20 * HOUR
      await expectList(bench, made, { since: middle }, ({ at }) => at >= middle)
      await expectList(bench, made, { until: middle }, ({ at }) => at < middle)
      const since = middle + 1
      const until = middle + 4 * HOUR
      await expectList(bench, made, { since, until }, ({ at }) => at >= since && at < until)
      await expectList(bench, made, { until: START }, () => false)
      await expectList(bench, made, { since: START + COUNT * HOUR }, () => false)
    })

    test('a search finds beginnings and ends of ids, and parts of names', async (bench) => {
      const made = await fill(bench)
      const id = made[17]?.id ?? ''
      const beginnings = [id, id.slice(0, 8), id.slice(0, 9), id.slice(0, 13), id.slice(0, 26)]
      const ends = [id.slice(-1), id.slice(-8), id.slice(-13), id.slice(-17), id.slice(-21)]
      const others = ['cafe', 'ork', 'e', '-', 'zzz', id.slice(9, 20), `${id.slice(0, 13)}%`]
      for (const search of [...beginnings, ...ends, ...others]) {
        const isFound = ({ id, func }: Made) =>
          id.startsWith(search) || id.endsWith(search) || func.includes(search)
        await expectList(bench, made, { search }, isFound)
        await expectList(bench, made, { search: search.toUpperCase() }, isFound)
      }
    })

    test('a search keeps to the functions, tags and times that are asked for', async (bench) => {
      const made = await fill(bench)
      const tags = [{ key: 'tenant', value: 'acme, inc' }]
      const isAcme = ({ tenant }: Made) => tenant === 'acme, inc'
      const isCafe = ({ func }: Made) => func === 'cafe'
      await expectList(bench, made, { tags }, isAcme)
      await expectList(bench, made, { tags: [{ key: 'tenant', value: 'acme' }] }, () => false)
      await expectList(bench, made, { tags, search: 'cafe' }, (one) => isAcme(one) && isCafe(one))
      await expectList(bench, made, { search: 'cafe', funcName: ['work'] }, (one) => {
        return !isCafe(one) && one.id.endsWith('cafe')
      })
      const since = START + 30 * HOUR
      await expectList(bench, made, { search: 'cafe', since }, (one) => {
        return isCafe(one) && one.at >= since
      })
    })
  })
}

/** One task an hour, every third of another function; the last ten still live. */
async function fill(bench: Bench): Promise<Made[]> {
  const made = Array.from({ length: COUNT }, (_, n): Made => {
    const at = START + n * HOUR
    const func = n % 3 === 0 ? 'cafe' : 'work'
    return { id: idAt(at, n), at, func, tenant: n % 2 === 0 ? 'acme, inc' : 'other' }
  })
  for (const { id, at, func, tenant } of made) {
    const tags = { tenant, more: '{}' }
    await bench.insert([bench.task({ taskId: id, funcName: func, tags })], at)
  }
  const now = START + COUNT * HOUR
  await bench.join('a', now)
  const claim = { limit: COUNT - 10, funcNames: ['work', 'cafe'] }
  const claimed = await bench.claim('a', now, claim)
  const settle = claimed.map((task) => bench.settlement(task, 'success'))
  await bench.storage.turn({ instanceId: 'a', settle, claim: null, now })
  return made
}

/** A UUIDv7 of an instant. */
function idAt(at: number, n: number): string {
  const hex = at.toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7abc-8000-${n.toString(16).padStart(12, 'e')}`
}

/** All pages of a list hold what matches, newest first, and the total says how many that is. */
async function expectList(
  { storage }: Bench,
  made: Made[],
  filter: TaskFilter,
  matches: (task: Made) => boolean,
): Promise<void> {
  const expected = made.filter(matches).map(({ id }) => id)
  const found: string[] = []
  let cursor: string | undefined
  do {
    const page = await storage.list({ filter, limit: 20, cursor })
    assert.equal(page.total, expected.length, JSON.stringify(filter))
    found.push(...page.tasks.map(({ taskId }) => taskId))
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  assert.deepEqual(found, expected.reverse(), JSON.stringify(filter))
}
