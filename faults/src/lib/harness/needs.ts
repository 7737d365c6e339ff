import { spawnSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import postgres from 'postgres'
import { startPostgres } from '../../../../tools/postgres.ts'
import type { Need } from './fault-case.ts'

/** Path of a program; null when it is not installed. */
export function programOf(name: string): string | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null
}

/** The library that gives a process a time of its own; null when it is not installed. */
export function libfaketime(): string | null {
  return globSync('/usr/lib/{*/,}faketime/libfaketimeMT.so.1')[0] ?? null
}

/** Why a need is not met here; null when it is. Postgres aside. */
export function missing(need: Need): string | null {
  switch (need) {
    case 'postgres':
      return null
    case 'root':
      return process.getuid?.() === 0 ? null : 'needs root, to mount a small disk'
    case 'libfaketime':
      return libfaketime() ? null : 'libfaketime is not installed'
    case 'pgbouncer':
      return programOf('pgbouncer') ? null : 'pgbouncer is not installed'
    case 'strace': {
      const run = spawnSync('strace', ['-o', '/dev/null', 'true'])
      return run.status === 0 ? null : 'strace is not installed, or may not trace'
    }
  }
}

/** A server for the cases that need one, or why there is none. */
export type Server =
  | { url: string; version: string; stop: () => Promise<void> }
  | { missing: string }

/** The server that TASKFLOW_FAULTS_POSTGRES_URL names, else one of our own. */
export async function findServer(): Promise<Server> {
  const given = process.env.TASKFLOW_FAULTS_POSTGRES_URL
  try {
    const own = given ? null : await startPostgres({ durable: true })
    const url = own?.url ?? given ?? ''
    return { url, version: await versionOf(url), stop: async () => own?.stop() }
  } catch (error) {
    return { missing: `Postgres: not reachable: ${String(error)}` }
  }
}

async function versionOf(url: string): Promise<string> {
  const sql = postgres(url, { max: 1, connect_timeout: 5 })
  try {
    const [row] = await sql<[{ server_version: string }]>`show server_version`
    return row.server_version
  } finally {
    await sql.end({ timeout: 1 })
  }
}
