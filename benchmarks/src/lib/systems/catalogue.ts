import type { SystemInfo } from '../report-format.ts'
import type { Place, Queue } from './queue.ts'

interface System extends SystemInfo {
  /** The raw queue on the same driver. */
  raw?: string
  /** The heavy imports happen here, in the child process that measures. */
  make(place: Place): Promise<Queue>
}

const taskflowSetup = 'as shipped, concurrency 10; tuned: concurrency 500'

export const SYSTEMS: readonly System[] = [
  {
    name: 'taskflow-memory',
    title: 'taskflow, memory',
    kind: 'taskflow',
    storage: 'memory',
    setup: taskflowSetup,
    packages: [],
    make: async (place) => (await import('./taskflow.ts')).taskflow('memory', place),
  },
  {
    name: 'taskflow-sqlite',
    title: 'taskflow, SQLite (FULL)',
    kind: 'taskflow',
    storage: 'sqlite',
    raw: 'raw-sqlite-full',
    setup: taskflowSetup,
    packages: ['better-sqlite3'],
    make: async (place) => (await import('./taskflow.ts')).taskflow('sqlite', place),
  },
  {
    name: 'taskflow-postgres',
    title: 'taskflow, Postgres',
    kind: 'taskflow',
    storage: 'postgres',
    raw: 'raw-postgres',
    setup: taskflowSetup,
    packages: ['postgres'],
    make: async (place) => (await import('./taskflow.ts')).taskflow('postgres', place),
  },
  {
    name: 'raw-sqlite-full',
    title: 'raw better-sqlite3, FULL',
    kind: 'raw',
    storage: 'sqlite',
    setup:
      'one table, one partial index; concurrent inserts of a tick in one commit; claim n, settle n, a commit each; n = 10, tuned 500',
    packages: ['better-sqlite3'],
    make: async (place) => (await import('./raw-sqlite.ts')).rawSqlite(place, 'FULL'),
  },
  {
    name: 'raw-sqlite-thread',
    title: 'raw better-sqlite3, FULL, in a thread',
    kind: 'raw',
    storage: 'sqlite',
    setup: 'the same, with the database in a worker thread, as ours is',
    packages: ['better-sqlite3'],
    make: async (place) => (await import('./raw-sqlite-thread.ts')).rawSqliteThread(place),
  },
  {
    name: 'raw-sqlite-normal',
    title: 'raw better-sqlite3, NORMAL',
    kind: 'raw',
    storage: 'sqlite',
    setup: 'the same, but commits are not flushed',
    packages: ['better-sqlite3'],
    make: async (place) => (await import('./raw-sqlite.ts')).rawSqlite(place, 'NORMAL'),
  },
  {
    name: 'raw-postgres',
    title: 'raw postgres.js',
    kind: 'raw',
    storage: 'postgres',
    setup:
      'one table, one partial index; concurrent inserts gathered; drain 10: ten loops that claim one (SKIP LOCKED) and settle one; tuned: two loops of 500 per statement',
    packages: ['postgres'],
    make: async (place) => (await import('./raw-postgres.ts')).rawPostgres(place),
  },
  {
    name: 'pg-boss',
    title: 'pg-boss',
    kind: 'peer',
    storage: 'postgres',
    setup:
      'batchSize 10, tuned 500, one worker, burstWhenBatchFull, polling 0.5 s; latency: LISTEN/NOTIFY and batchSize 1',
    packages: ['pg-boss', 'pg'],
    make: async (place) => (await import('./pg-boss.ts')).pgBoss(place),
  },
  {
    name: 'graphile-worker',
    title: 'graphile-worker',
    kind: 'peer',
    storage: 'postgres',
    setup:
      'concurrentJobs 10; tuned: concurrentJobs 24, localQueue 500, completeJobBatchDelay 0; LISTEN/NOTIFY as shipped; deletes finished rows',
    packages: ['graphile-worker', 'pg'],
    make: async (place) => (await import('./graphile-worker.ts')).graphileWorker(place),
  },
  {
    name: 'bullmq',
    title: 'BullMQ',
    kind: 'peer',
    storage: 'redis',
    setup: 'concurrency 10; tuned: concurrency 100; completed jobs kept',
    packages: ['bullmq', 'ioredis'],
    make: async (place) => (await import('./bullmq.ts')).bullmq(place),
  },
  {
    name: 'sidequest-postgres',
    title: 'Sidequest, Postgres',
    kind: 'peer',
    storage: 'postgres',
    setup: 'fork false, runner inline, jobPollingInterval 1 ms; concurrency 10, tuned 100',
    packages: ['@sidequest/engine', '@sidequest/postgres-backend'],
    make: async (place) => (await import('./sidequest.ts')).sidequest('postgres', place),
  },
  {
    name: 'sidequest-sqlite',
    title: 'Sidequest, SQLite',
    kind: 'peer',
    storage: 'sqlite',
    setup: 'fork false, runner inline, jobPollingInterval 1 ms; concurrency 10, tuned 100',
    packages: ['@sidequest/engine', '@sidequest/sqlite-backend'],
    make: async (place) => (await import('./sidequest.ts')).sidequest('sqlite', place),
  },
]

export function systemNamed(name: string): System {
  const system = SYSTEMS.find((candidate) => candidate.name === name)
  if (!system) throw new Error(`expected a system, got ${name}`)
  return system
}
