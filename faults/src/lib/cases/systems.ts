import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { FaultCase } from '../harness/fault-case.ts'
import type { Lab } from '../harness/lab.ts'
import { libfaketime, programOf } from '../harness/needs.ts'
import { ownServer } from './servers.ts'

const LOAD = { atOnce: 2, pauseMs: 50, workMs: 20 }
const HOUR_MS = 3_600_000

/** A pooler in transaction mode before the server; its URL. */
async function startPooler(lab: Lab): Promise<string> {
  const port = await freePort()
  const server = new URL(lab.serverUrl)
  const folder = mkdtempSync(join(tmpdir(), 'taskflow-pooler-'))
  lab.after(() => rmSync(folder, { recursive: true }))
  const { hostname, port: serverPort, username, password, pathname } = server
  const login = `user=${username}${password && ` password=${password}`}`
  const ini = `[databases]
pooled = host=${hostname} port=${serverPort || 5432} dbname=${pathname.slice(1)} ${login}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 8
max_client_conn = 200
ignore_startup_parameters = extra_float_digits
`
  const file = join(folder, 'pooler.ini')
  writeFileSync(file, ini)
  chmodSync(folder, 0o755)
  // It refuses to run as root.
  const asOther = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const pooler = spawn(programOf('pgbouncer') ?? '', [...asOther, file], { stdio: 'ignore' })
  lab.after(async () => {
    pooler.kill('SIGKILL')
    if (pooler.exitCode === null && pooler.signalCode === null) await once(pooler, 'exit')
  })
  const url = `postgres://${username}@127.0.0.1:${port}/pooled`
  const isUp = await lab.until(async () => (await lab.sql(url)`select 1`).length === 1, 15_000)
  if (!isUp) throw new Error('the pooler did not start')
  return url
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}

export const SYSTEM_CASES: readonly FaultCase[] = [
  {
    id: 'B02',
    fault: 'the server is away for 20 s',
    needs: [],
    async run(lab) {
      const server = await ownServer(lab)
      const storage = lab.postgres(server.url)
      const victims = [
        await lab.victim({ storage, load: LOAD }),
        await lab.victim({ storage, load: LOAD }),
      ]
      await wait(2_000)
      await server.halt()
      await wait(20_000)
      const before = lab.lines('end').length
      await server.resume()
      const back = performance.now()
      await lab.until(() => lab.lines('end').length > before + 5)
      const tookMs = performance.now() - back
      const told = await Promise.all(victims.map((victim) => victim.tell({ order: 'rest' })))
      const verdict = await lab.settle(storage)
      lab.check(verdict.duplicated === 0, `duplicated: ${verdict.duplicated}`)
      const reports = told.flatMap(({ errors = [] }) => errors).filter((e) => /taskflow:/.test(e))
      lab.check(reports.length < 20, `${reports.length} reports of one outage`)
      lab.figures.push(
        `tasks end again after ${Math.round(tookMs)} ms, ${reports.length} reports in two processes`,
      )
    },
  },
  {
    id: 'B07',
    fault: 'the disk of the server is full',
    needs: ['root'],
    async run(lab) {
      const disk = join(lab.folder, 'disk')
      mkdirSync(disk)
      const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=220m,mode=755', 'tmpfs', disk])
      if (mounted.status !== 0) throw new Error(`no small disk: ${mounted.stderr}`)
      lab.after(() => spawnSync('umount', ['-l', disk]))
      chmodSync(lab.folder, 0o755)
      const server = await ownServer(lab, disk)
      const storage = lab.postgres(server.url)
      const victim = await lab.victim({ storage, load: LOAD })
      await wait(2_000)
      const filler = join(disk, 'filler')
      fill(disk, filler)
      // Until what lies ready in the server is used up.
      const payload = lab.works(200)
      for (let call = 0; call < 40 && lab.lines('refused').length === 0; call++) {
        await victim.tell({ order: 'enqueue', works: payload }).catch(() => {})
      }
      await wait(3_000)
      rmSync(filler)
      // It may have ended itself; whoever runs a server starts it again.
      await server.halt()
      await server.resume()
      const acked = lab.lines('ack').length
      await lab.until(() => lab.lines('ack').length > acked, 60_000)
      await lab.settle(storage)
      const rejected = lab.lines('refused').length + lab.lines('unknown').length
      lab.figures.push(`${rejected} enqueues rejected`)
    },
  },
  {
    id: 'B13',
    fault: 'a real PgBouncer in transaction mode lies between',
    needs: ['postgres', 'pgbouncer'],
    async run(lab) {
      const url = await startPooler(lab)
      const direct = lab.postgres()
      const storage = { ...direct, url, pooler: true }
      const first = await lab.victim({ storage, load: LOAD, everyMs: 1_000 })
      await lab.victim({ storage, load: LOAD, everyMs: 1_000 })
      const [parent, child] = lab.works(2)
      if (!parent || !child) return
      const { ids = [] } = await first.tell({ order: 'enqueue', works: [parent] })
      const dependsOn = ids.filter((taskId) => taskId !== null)
      await first.tell({ order: 'enqueue', works: [child], options: { dependsOn } })
      await wait(5_000)
      await first.end()
      await wait(20_000)
      for (const victim of lab.victims) {
        if (victim.listens) await victim.tell({ order: 'stop', graceMs: 5_000 })
      }
      const last = await lab.victim({ storage })
      await lab.settle(storage)
      await last.end()
      const manager = await lab.watcher(direct)
      const { ticks } = await manager.scheduleTicks('tick', { limit: 1_000 })
      const due = new Set(ticks.map(({ dueAt }) => dueAt))
      lab.check(due.size === ticks.length, 'a tick was written down twice')
      lab.figures.push(`${ticks.length} ticks, ${lab.lines('end').length} ends`)
    },
  },
  {
    id: 'B15',
    fault: 'clocks of three processes are an hour apart',
    needs: ['postgres', 'libfaketime'],
    async run(lab) {
      const storage = lab.postgres()
      const skews = [-HOUR_MS, 0, HOUR_MS]
      const offsets = new Map<number, number>()
      for (const skewMs of skews) {
        const seconds = skewMs / 1_000
        const fake = {
          LD_PRELOAD: libfaketime() ?? '',
          FAKETIME: `${seconds >= 0 ? '+' : ''}${seconds}s`,
        }
        // Only instants are another process's: time passes for all alike.
        const env = skewMs === 0 ? {} : { ...fake, FAKETIME_DONT_FAKE_MONOTONIC: '1' }
        const victim = await lab.victim({ storage, load: LOAD, everyMs: 1_000 }, { env })
        offsets.set(victim.pid, skewMs)
      }
      const ids: string[] = []
      for (const victim of lab.victims) {
        const works = lab.works(3)
        const answer = await victim.tell({ order: 'enqueue', works, options: { delayMs: 4_000 } })
        ids.push(...(answer.ids ?? []).filter((taskId) => taskId !== null))
      }
      await wait(12_000)
      for (const victim of lab.victims) await victim.tell({ order: 'stop', graceMs: 5_000 })
      const last = await lab.victim({ storage })
      const verdict = await lab.settle(storage)
      await last.end()
      lab.check(verdict.duplicated === 0, `duplicated: ${verdict.duplicated}`)
      const real = (line: { pid: number; at: number }) => line.at - (offsets.get(line.pid) ?? 0)
      for (const taskId of ids) {
        const own = lab.lines().filter((line) => line.taskId === taskId)
        const ack = own.find(({ event }) => event === 'ack')
        const start = own.find(({ event }) => event === 'start')
        if (!ack || !start) continue
        const waited = real(start) - real(ack)
        lab.check(waited > 3_500, `a task that is due in 4 s started after ${waited} ms`)
        lab.check(waited < 60_000, `a task that is due in 4 s started after ${waited} ms`)
      }
      const manager = await lab.watcher(storage)
      const { ticks } = await manager.scheduleTicks('tick', { limit: 1_000 })
      const due = new Set(ticks.map(({ dueAt }) => dueAt))
      lab.check(due.size === ticks.length, 'a tick was written down twice')
      lab.check(ticks.length >= 8 && ticks.length < 60, `${ticks.length} ticks of one a second`)
      lab.figures.push(`${ticks.length} ticks, one a second`)
    },
  },
  {
    id: 'B19',
    fault: 'the server goes back to an older state under live workers',
    needs: [],
    async run(lab) {
      const server = await ownServer(lab)
      const storage = lab.postgres(server.url)
      const victim = await lab.victim({ storage, load: LOAD })
      await wait(4_000)
      const copy = `${server.dataFolder}-backup`
      await server.halt()
      copyWhole(server.dataFolder, copy)
      const backupAt = Date.now()
      await server.resume()
      await lab.until(() => lab.lines('end').some(({ at }) => at > backupAt + 4_000))
      const long = lab.works(3, 15_000)
      await victim.tell({ order: 'enqueue', works: long })
      await lab.until(
        () => lab.lines('start').filter((l) => long.some((w) => w.n === l.n)).length === 3,
      )
      await server.halt()
      rmSync(server.dataFolder, { recursive: true })
      copyWhole(copy, server.dataFolder)
      await server.resume()
      const restoredAt = Date.now()
      await lab.until(() => lab.lines('ack').some(({ at }) => at > restoredAt), 60_000)
      await victim.tell({ order: 'rest' })
      const manager = await lab.watcher(storage)
      const isNew = async () =>
        (await manager.instances()).some(({ instanceId }) => instanceId !== victim.instanceId)
      lab.check(await lab.until(isNew, 60_000), 'the worker did not join anew')
      await lab.until(async () => (await manager.metrics()).running === 0, 60_000)
      // What was accepted after the copy was made is gone; all else is as it was, or done since.
      for (const { taskId, n, at } of lab.lines('ack')) {
        const task = await manager.get(taskId)
        const kept = at < backupAt || at > restoredAt
        if (kept) lab.check(task?.status === 'success', `${n} is ${task?.status ?? 'lost'}`)
        else lab.check(task === null || task.status === 'success', `${n} is ${task?.status}`)
      }
      lab.figures.push(
        `${lab.lines('ack').filter(({ at }) => at > restoredAt).length} accepted after`,
      )
    },
  },
]

/** Takes what is free on a disk, which others write to meanwhile. */
function fill(disk: string, file: string): void {
  for (let blocks = 16_384; blocks >= 1; blocks = Math.floor(blocks / 2)) {
    const { bsize } = statfsSync(disk)
    try {
      for (;;) appendFileSync(file, Buffer.alloc(blocks * bsize))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    }
  }
}

/** Copies a folder with the owners of its files. */
function copyWhole(from: string, to: string): void {
  const copied = spawnSync('cp', ['-a', from, to])
  if (copied.status !== 0) throw new Error(`no copy: ${copied.stderr}`)
}
