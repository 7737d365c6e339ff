import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type OwnPostgres, startPostgres } from '../../../../tools/postgres.ts'
import { readClaimTimes } from '../harness/claim-times.ts'
import type { FaultCase } from '../harness/fault-case.ts'
import type { Lab } from '../harness/lab.ts'
import { spreadText } from '../harness/spread.ts'

const LOAD = { atOnce: 2, pauseMs: 50, workMs: 20 }
/** Beside how long the server itself takes. */
const RECOVERY_MS = 3_000
const FLUSH_MS = 300

/** A server of the case's own, deleted when it is over. */
export async function ownServer(lab: Lab, parent?: string): Promise<OwnPostgres> {
  const server = await startPostgres({ durable: true, ...(parent !== undefined && { parent }) })
  lab.after(() => server.stop())
  return server
}

/** Breaks a server again and again; after each time tasks must end again soon, and none twice. */
async function breakServer(
  lab: Lab,
  server: OwnPostgres,
  { perMinute, breaks }: { perMinute: number; breaks: () => Promise<unknown> },
): Promise<void> {
  const storage = lab.postgres(server.url)
  const victims = [
    await lab.victim({ storage, load: LOAD }),
    await lab.victim({ storage, load: LOAD }),
  ]
  const took: number[] = []
  const rounds = Math.max(3, Math.round(lab.minutes * perMinute))
  for (let round = 0; round < rounds; round++) {
    await wait(2_000 + lab.random.below(3_000))
    await breaks()
    // The server answers again.
    await lab.until(async () => (await lab.sql(server.url)`select 1`).length === 1)
    const back = Date.now()
    const isBack = () => lab.lines('end').some(({ at }) => at > back)
    lab.check(await lab.until(isBack), 'tasks did not go on')
    const first = lab.lines('end').map(({ at }) => at)
    took.push(Math.min(...first.filter((at) => at > back)) - back)
  }
  const verdict = await lab.settle(storage)
  lab.check(
    victims.every(({ alive }) => alive),
    'an app has ended',
  )
  lab.check(verdict.duplicated === 0, `duplicated: ${verdict.duplicated}`)
  const longest = Math.max(...took)
  lab.check(longest <= RECOVERY_MS, `tasks ended again ${longest} ms after the server was back`)
  lab.figures.push(`${rounds} times; tasks end again after ${spreadText(took)}`)
}

/** Holds each flush of the server's processes up, those to come too. */
async function slowFlushes(lab: Lab, { dataFolder }: OwnPostgres): Promise<ChildProcess> {
  const [postmaster] = readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8').split('\n')
  const calls = 'fsync,fdatasync'
  const inject = `inject=${calls}:delay_exit=${FLUSH_MS * 1_000}`
  const children = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8')
  const pids = [postmaster, ...children.trim().split(' ')].flatMap((pid) => ['-p', String(pid)])
  const trace = ['-f', '-qq', '-o', '/dev/null', '-e', `trace=${calls}`, '-e', inject]
  const tracer = spawn('strace', [...trace, ...pids], { stdio: 'ignore' })
  lab.after(() => endTracer(tracer))
  await wait(500)
  return tracer
}

async function endTracer(tracer: ChildProcess): Promise<void> {
  if (tracer.exitCode !== null || tracer.signalCode !== null) return
  // What it holds goes on once it has let go.
  tracer.kill('SIGINT')
  await once(tracer, 'exit')
}

export const SERVER_CASES: readonly FaultCase[] = [
  {
    id: 'B01',
    fault: 'the server restarts every few seconds',
    needs: [],
    async run(lab) {
      const server = await ownServer(lab)
      const restart = async () => {
        await server.halt()
        await server.resume()
      }
      await breakServer(lab, server, { perMinute: 9, breaks: restart })
    },
  },
  {
    id: 'B03',
    fault: 'a session of the app is killed in the server, which recovers from its log',
    needs: ['root'],
    async run(lab) {
      const server = await ownServer(lab)
      const kill = async () => {
        const [session] = await lab.sql(server.url)<{ pid: number }[]>`
          select pid from pg_stat_activity where application_name = 'taskflow' limit 1`
        if (session) process.kill(session.pid, 'SIGKILL')
        await wait(200)
      }
      await breakServer(lab, server, { perMinute: 9, breaks: kill })
    },
  },
  {
    id: 'B09',
    fault: `each flush of the server takes ${FLUSH_MS} ms longer`,
    needs: ['root', 'strace'],
    async run(lab) {
      const server = await ownServer(lab)
      const storage = lab.postgres(server.url)
      const start = () => lab.victim({ storage, load: LOAD, timesClaims: true })
      const victims = [await start(), await start()]
      await wait(5_000)
      const fast = readClaimTimes(lab.folder)
      const tracer = await slowFlushes(lab, server)
      await wait(Math.max(20_000, lab.minutes * 60_000))
      const slow = readClaimTimes(lab.folder).slice(fast.length)
      await endTracer(tracer)
      const troubles = await Promise.all(victims.map((victim) => victim.tell({ order: 'rest' })))
      const verdict = await lab.settle(storage)
      const manager = await lab.watcher(storage)
      const living = (await manager.instances()).map(({ instanceId }) => instanceId)
      lab.check(
        victims.every(({ instanceId }) => living.includes(instanceId)),
        'an instance lost its lease',
      )
      const errors = troubles.flatMap(({ errors = [] }) => errors)
      lab.check(errors.length === 0, `${errors.length} errors: ${errors[0]}`)
      lab.check(verdict.duplicated === 0, `duplicated: ${verdict.duplicated}`)
      lab.check(slow.length > 0, 'nothing was claimed')
      lab.figures.push(`claims took ${spreadText(fast)}, then ${spreadText(slow)}`)
    },
  },
]
