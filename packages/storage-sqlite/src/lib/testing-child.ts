import { sqliteStorage } from './sqlite-storage.ts'

// A process for tests to race with and to kill: `node testing-child.ts <file> <role> <id>`.
const [file = '', role, instanceId = ''] = process.argv.slice(2)
const storage = sqliteStorage({ file })
await storage.open()

const task = (taskId: string) => ({
  taskId,
  funcName: 'work',
  group: null,
  payload: '{}',
  priority: null,
  maxAttempts: 1,
  requeueOnInterrupt: true,
  idempotencyKey: null,
  tags: {},
  source: 'manual' as const,
  executor: 'async',
  retryOf: null,
})

async function join(): Promise<void> {
  const instance = { instanceId, host: 'child', pid: process.pid, version: '0', functions: [] }
  await storage.beat({ instance, beat: 0, leaseMs: 60_000, running: 0, state: 'running' })
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

if (role === 'racer') {
  await join()
  const claimed: string[] = []
  for (let empty = 0; empty < 3; ) {
    const claim = { limit: 7, funcNames: ['work'] }
    const turn = await storage.turn({ instanceId, settle: [], claim })
    empty = turn.claimed.length === 0 ? empty + 1 : 0
    claimed.push(...turn.claimed.map(({ taskId }) => taskId))
    const settle = turn.claimed.map(({ taskId, fence }) => ({
      taskId,
      fence,
      outcome: { type: 'success' as const },
      durationMs: 0,
      logs: [],
    }))
    const { settled } = await storage.turn({ instanceId, settle, claim: null })
    if (settled.some(({ result }) => result === 'stale')) throw new Error('a settlement was stale')
  }
  process.send?.(claimed)
  await storage.close()
  process.disconnect()
}

// Neither closes nor exits: an idle storage must not keep a process alive, an open call must.
if (role === 'idle') {
  await storage.insert({ tasks: [task('one')] })
  void storage.insert({ tasks: [task('two')] }).then(() => process.send?.('done'))
  process.channel?.unref()
}
