import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import postgres from 'postgres'
import type { StorageName } from './report-format.ts'
import type { Servers } from './servers.ts'
import { NotRun, type Place } from './systems/queue.ts'

export interface Workspace {
  place: Place
  /** Deletes it, whatever state the systems left it in. */
  remove(): Promise<void>
}

/** A fresh place for jobs: a file in a folder of its own, a database, or a prefix of keys. */
export async function makeWorkspace(storage: StorageName, servers: Servers): Promise<Workspace> {
  const name = `taskflow_bench_${crypto.randomUUID().slice(0, 8)}`
  if (storage === 'postgres') return database(name, urlOf('Postgres', servers.postgres))
  if (storage === 'redis') return keys(name, urlOf('Redis', servers.redis))
  if (storage === 'memory') return { place: { location: '', server: '' }, remove: async () => {} }
  const folder = await mkdtemp(join(tmpdir(), 'taskflow-bench-'))
  return {
    place: { location: join(folder, 'tasks.db'), server: '' },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

function urlOf(what: string, { url, about }: Servers['postgres']): string {
  if (url === null) throw new NotRun(`${what}: ${about}`)
  return url
}

async function database(name: string, server: string): Promise<Workspace> {
  const sql = postgres(server, { max: 1, onnotice: () => {} })
  await sql.unsafe(`create database ${name}`).finally(() => sql.end())
  const url = new URL(server)
  url.pathname = `/${name}`
  return {
    place: { location: url.href, server },
    async remove() {
      const again = postgres(server, { max: 1, onnotice: () => {} })
      await again.unsafe(`drop database if exists ${name} with (force)`).finally(() => again.end())
    },
  }
}

async function keys(prefix: string, server: string): Promise<Workspace> {
  return {
    place: { location: prefix, server },
    async remove() {
      const redis = new Redis(server)
      for await (const batch of redis.scanStream({ match: `${prefix}:*`, count: 10_000 })) {
        if (batch.length > 0) await redis.unlink(...batch)
      }
      await redis.quit()
    },
  }
}
