import { buildSettlement } from '@taskflow/core/testing'
import { postgresStorage } from './postgres-storage.ts'
import { beatOf, taskOf } from './testing-tasks.ts'

// A process for tests to race with and to kill: `node testing-child.ts <url> <role> <id>`.
const [url = '', role, id = ''] = process.argv.slice(2)
const storage = postgresStorage({ url, max: 3 })
await storage.open()

if (role === 'opener') process.send?.('open')

if (role === 'victim') {
  await storage.beat(beatOf(id, 0))
  await storage.insert({ tasks: [1, 2, 3].map((n) => taskOf(`claimed-${n}`)) })
  await storage.turn({ instanceId: id, settle: [], claim: { limit: 3, funcNames: ['work'] } })
  for (let n = 0; ; n += 1) {
    const taskId = `task-${String(n).padStart(6, '0')}`
    await storage.insert({ tasks: [taskOf(taskId)] })
    process.send?.(taskId)
  }
}

if (role === 'racer') {
  await storage.beat(beatOf(id, 0))
  const claimed: string[] = []
  for (let empty = 0; empty < 3; ) {
    const claim = { limit: 7, funcNames: ['work'] }
    const turn = await storage.turn({ instanceId: id, settle: [], claim })
    empty = turn.claimed.length === 0 ? empty + 1 : 0
    claimed.push(...turn.claimed.map(({ taskId }) => taskId))
    const settle = turn.claimed.map(({ taskId, fence }) => buildSettlement({ taskId, fence }))
    const { settled } = await storage.turn({ instanceId: id, settle, claim: null })
    if (settled.some(({ result }) => result === 'stale')) throw new Error('a settlement was stale')
  }
  process.send?.(claimed)
}

await storage.close()
process.disconnect()
