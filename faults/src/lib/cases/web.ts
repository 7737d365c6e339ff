import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHandler, type HandlerOptions, memoryStorage, TaskManager } from '@taskflow/core'
import { hashPassword, nodeHandler } from '@taskflow/core/node'
import type { FaultCase } from '../harness/fault-case.ts'
import { fillWithFinished } from '../harness/fill.ts'
import type { Lab } from '../harness/lab.ts'
import { intervalDelays } from '../harness/loop-delay.ts'
import { spreadText } from '../harness/spread.ts'
import { openStorage, type StorageChoice } from '../harness/storage-choice.ts'
import { victimTasks } from '../harness/victim-tasks.ts'

const LOGINS = 100
/** So many finished tasks for each minute that was asked for. */
const TASKS_A_MINUTE = 20_000
/** What a search without an index to help it asks for, and pages far down. */
const SLOW = [
  '?q=error:nothing&limit=100',
  '?q=-task:work&sort=duration',
  '?search=%25_%25&sort=end_time',
  `?search=${'ab'.repeat(100)}`,
  '?sort=duration&order=asc&limit=1000',
  '/logs?search=nothing&limit=100',
]

/** The API of a manager in this process, on a socket. */
async function serve(lab: Lab, manager: TaskManager, options: HandlerOptions): Promise<string> {
  const handler = createHandler(manager, { onWarning: () => {}, ...options })
  const server = createServer(nodeHandler(handler)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  lab.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/tasks`
}

/** How long each look takes, one after the other, until `stop`. */
function timed(look: () => Promise<unknown>): { stop(): Promise<number[]> } {
  const times: number[] = []
  let over = false
  const looking = (async () => {
    while (!over) {
      const began = performance.now()
      await look()
      times.push(performance.now() - began)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })()
  return {
    async stop() {
      over = true
      await looking
      return times
    },
  }
}

async function searchSlowly(lab: Lab, choice: StorageChoice): Promise<void> {
  const storage = openStorage(choice)
  await storage.open()
  const count = Math.max(2_000, Math.round((lab.minutes * TASKS_A_MINUTE) / 1_000) * 1_000)
  await fillWithFinished(storage, count)
  await storage.close()
  const manager = await lab.watcher(choice)
  const base = await serve(lab, manager, { auth: false })
  const delays = intervalDelays()
  const health = timed(() => fetch(`${base}/health`).then((answer) => answer.text()))
  const took: number[] = []
  for (let round = 0; round < 5; round++) {
    for (const path of SLOW) {
      const began = performance.now()
      const answer = await fetch(base + path)
      await answer.text()
      took.push(performance.now() - began)
      lab.check(answer.status === 200 || answer.status === 503, `${path}: ${answer.status}`)
    }
  }
  const p99 = delays.stop()
  const beside = await health.stop()
  lab.figures.push(
    `${count} tasks; searches took ${spreadText(took)}; the event loop waits ${p99.toFixed(0)} ms (p99); other requests beside took ${spreadText(beside)}`,
  )
}

export const WEB_CASES: readonly FaultCase[] = [
  {
    id: 'G18',
    fault: 'slow searches over many tasks, on Postgres',
    needs: ['postgres'],
    run: (lab) => searchSlowly(lab, lab.postgres()),
  },
  {
    id: 'G18s',
    fault: 'slow searches over many tasks, on SQLite',
    needs: [],
    run: (lab) => searchSlowly(lab, lab.sqlite()),
  },
  {
    id: 'G28',
    fault: 'a hundred logins at once, with hashed passwords',
    needs: [],
    async run(lab) {
      const tasks = Object.values(victimTasks(() => {}))
      const manager = new TaskManager({ tasks, storage: memoryStorage() })
      lab.after(() => manager.stop({ graceMs: 0, abortMs: 0 }))
      await manager.start()
      const hash = await hashPassword('secret')
      const users = Array.from({ length: LOGINS }, (_, n): [string, string] => [`user-${n}`, hash])
      // Each from an address of its own: of one, only so many may try at once.
      const base = await serve(lab, manager, { auth: users, trustProxy: true })
      const delays = intervalDelays()
      const health = timed(() => fetch(`${base}/health`).then((answer) => answer.text()))
      const files = timed(() => readFile(new URL(import.meta.url)))
      const began = performance.now()
      const statuses = await Promise.all(
        users.map(async ([username], n) => {
          const headers = {
            'content-type': 'application/json',
            'x-forwarded-for': `192.0.2.${n + 1}`,
          }
          const body = JSON.stringify({ username, password: 'secret' })
          return (await fetch(`${base}/auth/login`, { method: 'POST', headers, body })).status
        }),
      )
      const seconds = (performance.now() - began) / 1_000
      const p99 = delays.stop()
      const refused = statuses.filter((status) => status !== 204).length
      lab.check(refused === 0, `${refused} of ${LOGINS} logins were refused`)
      lab.figures.push(
        `${LOGINS} logins in ${seconds.toFixed(1)} s; the event loop waits ${p99.toFixed(0)} ms (p99); other requests beside took ${spreadText(await health.stop())}, reads of a file ${spreadText(await files.stop())}`,
      )
    },
  },
]
