import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, loadavg, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { code } from './child-process.ts'
import type { Environment } from './report-format.ts'
import type { Servers } from './servers.ts'

/** What figures depend on beside the code. */
export function describeEnvironment(packages: string[], servers: Servers): Environment {
  const cores = cpus()
  return {
    date: new Date().toISOString(),
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    code,
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
    packages: Object.fromEntries([...new Set(packages)].map((name) => [name, versionOf(name)])),
    servers: { Postgres: servers.postgres.about, Redis: servers.redis.about },
  }
}

const { resolve } = createRequire(import.meta.url)

/** From its package.json, which its exports may not name. */
function versionOf(name: string): string {
  try {
    for (
      let folder = dirname(resolve(name));
      folder !== dirname(folder);
      folder = dirname(folder)
    ) {
      const file = join(folder, 'package.json')
      if (!existsSync(file)) continue
      const found = JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version?: string }
      if (found.name === name && found.version) return found.version
    }
  } catch {
    // Answered below.
  }
  return 'not installed'
}
