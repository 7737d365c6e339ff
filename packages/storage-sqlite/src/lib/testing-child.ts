import { buildSettlement } from '@taskflow/core/testing'
import { sqliteStorage } from './sqlite-storage.ts'
import { beatOf, newTask } from './testing.ts'

// A process for tests to race with and to kill: `node testing-child.ts <file> <role> <id>`.
const [file = '', role, instanceId = ''] = process.argv.slice(2)
const storage = sqliteStorage({ file })
await storage.open()

const task = (taskId: string) => newTask(taskId, { requeueOnInterrupt: true })

async function join(): Promise<void> {
  await storage.beat(beatOf(instanceId))
}

if (role === 'victim') {
  await join()
  await storage.insert({ tasks: [1, 2, 3].map((n) => task(`claimed-${n}`)) })
  const claim = { limit: 3, funcNames: ['work'] }
  await storage.turn({ instanceId, settle: [], claim })
  process.send?.('claimed')
  for (let n = 0; ; n += 1) {
    const taskId = `task-${String(n).padStart(6, '0')}`
    await storage.insert({ tasks: [task(taskId)] })
    process.send?.(taskId)
  }
}

/** Claims some tasks and settles them; how many there were. */
async function work(limit: number): Promise<string[]> {
  const claim = { limit, funcNames: ['work'] }
  const { claimed } = await storage.turn({ instanceId, settle: [], claim })
  const settle = claimed.map(({ taskId, fence }) => buildSettlement({ taskId, fence }))
  const { settled } = await storage.turn({ instanceId, settle, claim: null })
  if (settled.some(({ result }) => result === 'stale')) throw new Error('a settlement was stale')
  return claimed.map(({ taskId }) => taskId)
}

if (role === 'racer') {
  await join()
  const claimed: string[] = []
  for (let empty = 0; empty < 3; ) {
    const ids = await work(7)
    empty = ids.length === 0 ? empty + 1 : 0
    claimed.push(...ids)
  }
  process.send?.(claimed)
  await storage.close()
  process.disconnect()
}

// Works and beats until everything ended, and frees what others leave behind.
if (role === 'survivor') {
  await join()
  for (let beat = 1; ; beat += 1) {
    await work(5)
    const { others } = await storage.beat(beatOf(instanceId, beat))
    const dead = others.filter(({ gone }) => gone)
    if (dead.length > 0) await storage.recover({ dead, maxCrashes: 3, crashDelayMs: 0 })
    process.send?.(beat)
    const [metrics] = await storage.metrics({ queries: [{}] })
    if (metrics !== undefined && metrics.pending + metrics.running === 0) break
  }
  await storage.close()
  process.disconnect()
}

// Is blocked while a thread beats in its stead, and says so.
if (role === 'blocked') {
  const standIn = storage.standIn?.({
    everyMs: 40,
    maxBlockMs: 60_000,
    onError() {},
  })
  await join()
  standIn?.next()
  standIn?.beating(beatOf(instanceId))
  await new Promise((resolve) => process.send?.('blocked', resolve))
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
}

// Neither closes nor exits: an idle storage must not keep a process alive, an open call must.
if (role === 'idle') {
  await storage.insert({ tasks: [task('one')] })
  void storage.insert({ tasks: [task('two')] }).then(() => process.send?.('done'))
  process.channel?.unref()
}
