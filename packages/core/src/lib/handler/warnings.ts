import type { Authentication } from './auth/credentials.ts'
import type { HandlerOptions } from './options.ts'

/** What is said here is said once: handlers are made anew for mount paths and in tests. */
const said = new Set<string>()

/** Says what is fine for development and nowhere else. */
export function warnAbout(options: HandlerOptions, authentication: Authentication): void {
  const warn = options.onWarning ?? sayOnce
  if (authentication.kind === 'open') {
    warn('auth is false: whoever reaches this server sees and changes its tasks')
  }
  if (authentication.kind !== 'login') return
  if (options.secretKey === undefined) {
    warn('no secretKey: sessions end with this process, and other instances do not know them')
  }
  if ('hasPlain' in authentication.backend && authentication.backend.hasPlain) {
    warn("auth has a plain password: hashPassword() of '@taskflow/core/node' makes a hash of it")
  }
}

function sayOnce(message: string): void {
  if (said.has(message)) return
  said.add(message)
  // Core runs where there is no process, too.
  globalThis.process?.emitWarning?.(message, 'TaskflowWarning')
}
