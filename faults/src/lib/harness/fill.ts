import type { TaskStorage } from '@taskflow/core'
import { buildNewTask, buildSettlement } from '@taskflow/core/testing'

/** Tasks that were stored, claimed and ended. */
export async function fillWithFinished(storage: TaskStorage, count: number) {
  const instance = { instanceId: 'filler', host: '', pid: 1, version: '', functions: [] }
  await storage.beat({ instance, beat: 0, leaseMs: 1e9, running: 0, state: 'running' })
  for (let done = 0; done < count; done += 1_000) {
    await storage.insert({
      tasks: Array.from({ length: 1_000 }, (_, n) =>
        buildNewTask({ taskId: `t-${done + n}`, funcName: 'work', requeueOnInterrupt: true }),
      ),
    })
    const claim = { limit: 1_000, funcNames: ['work'] }
    const { claimed } = await storage.turn({ instanceId: 'filler', settle: [], claim })
    const settle = claimed.map(({ taskId, fence }) => buildSettlement({ taskId, fence }))
    await storage.turn({ instanceId: 'filler', settle, claim: null })
  }
}
