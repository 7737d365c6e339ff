import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FaultCase } from '../harness/fault-case.ts'

const LOAD = { atOnce: 2, pauseMs: 20, workMs: 5 }

export const SQLITE_CASES: readonly FaultCase[] = [
  {
    id: 'C10',
    fault: 'a node:cluster of four processes on one file',
    needs: [],
    short: true,
    async run(lab) {
      const storage = lab.sqlite()
      const victims = []
      for (let n = 0; n < 4; n++) {
        victims.push(await lab.victim({ storage, load: LOAD, everyMs: 1_000 }, { cluster: true }))
      }
      await lab.until(() => lab.lines('ack').length > 200)
      for (const victim of victims) await victim.tell({ order: 'rest' })
      for (const victim of victims) await victim.tell({ order: 'stop', graceMs: 5_000 })
      // What they left for others.
      await lab.victim({ storage })
      const verdict = await lab.settle(storage)
      const rejected = lab.lines('refused').length + lab.lines('unknown').length
      lab.check(rejected === 0, `${rejected} enqueues were rejected`)
      lab.check(verdict.duplicated === 0, `duplicated: ${verdict.duplicated}`)
      const manager = await lab.watcher(storage)
      const { ticks } = await manager.scheduleTicks('tick', { limit: 1_000 })
      const due = new Set(ticks.map(({ dueAt }) => dueAt))
      lab.check(due.size === ticks.length, 'a tick was written down twice')
      lab.figures.push(`${ticks.length} ticks`)
    },
  },
  {
    id: 'C07',
    fault: 'is every commit flushed before it is acknowledged?',
    needs: ['strace'],
    short: true,
    async run(lab) {
      const storage = lab.sqlite()
      const trace = join(lab.folder, 'trace.txt')
      const by = ['strace', '-f', '-y', '-e', 'trace=fsync,fdatasync,write', '-o', trace]
      const victim = await lab.victim({ storage }, { by })
      for (const work of lab.works(20)) await victim.tell({ order: 'enqueue', works: [work] })
      await lab.settle(storage)
      await victim.tell({ order: 'stop', graceMs: 1_000 })
      const lines = readFileSync(trace, 'utf8').split('\n')
      let flushed = 0
      let acks = 0
      let bare = 0
      for (const line of lines) {
        // Under `-f` a call may be cut in two: it has ended with the line that resumes it.
        if (/f(data)?sync.*(tasks\.db|resumed>).*= 0/.test(line)) flushed++
        if (/write\(.*ledger-.*"try /.test(line)) flushed = 0
        if (!/write\(.*ledger-.*"ack /.test(line)) continue
        acks++
        if (flushed === 0) bare++
      }
      lab.check(acks === 20, `${acks} of 20 acknowledgements were traced`)
      lab.check(bare === 0, `${bare} acknowledgements came before a flush`)
      lab.figures.push(`${acks} enqueues, each after a flush`)
    },
  },
  {
    id: 'C08',
    fault: 'the n-th flush fails',
    needs: ['strace'],
    async run(lab) {
      const rounds = Math.max(3, Math.round(lab.minutes * 12))
      const storage = lab.sqlite()
      // A file that is there: what fails is work, not the first start.
      const first = await lab.victim({ storage })
      await first.tell({ order: 'stop', graceMs: 0 })
      for (let round = 0; round < rounds; round++) {
        const when = 1 + lab.random.below(30)
        const by = [
          ...['strace', '-f', '-o', '/dev/null', '-e', 'trace=fsync,fdatasync'],
          ...['-e', `inject=fsync,fdatasync:error=EIO:when=${when}`],
        ]
        const victim = await lab
          .victim({ storage }, { by })
          .catch(() => lab.figures.push(`the start ended with its flush ${when}`))
        if (typeof victim === 'number') continue
        for (const work of lab.works(10)) {
          await victim.tell({ order: 'enqueue', works: [work] }).catch(() => {})
        }
        await victim.end()
      }
      const rejected = lab.lines('refused').length + lab.lines('unknown').length
      await lab.victim({ storage })
      await lab.settle(storage)
      lab.figures.push(`${rounds} rounds, ${rejected} enqueues rejected`)
    },
  },
]
