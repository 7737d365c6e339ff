import { VERSION } from '../version.ts'

interface Host {
  pid?: number
  getBuiltinModule?(name: string): { hostname?(): string } | undefined
}

/** Who this process is, for operators; runtimes other than Node may tell neither host nor pid. */
export function hostIdentity(): { host: string; pid: number; version: string } {
  const { process } = globalThis as { process?: Host }
  return {
    host: process?.getBuiltinModule?.('node:os')?.hostname?.() ?? 'unknown',
    pid: process?.pid ?? 0,
    version: VERSION,
  }
}
