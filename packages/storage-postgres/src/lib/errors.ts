import { StorageUnavailableError, TaskflowError } from '@taskflow/core'

/** Five characters of SQLSTATE from the server, or a name from the connection. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return
  return error.code
}

/** True when the server itself answered with an error: the statement had no effect. */
export function isAnswer(error: unknown): boolean {
  const code = codeOf(error)
  // A pooler answers for a server that it lost; what became of the statement is not known.
  if (code === undefined || /^08|^40003/.test(code)) return false
  return error instanceof Error && 'severity' in error
}

/** Another call was at the same rows: the transaction is rolled back and tried again. */
export class Conflict extends Error {
  readonly code = '40001'
  readonly severity = 'ERROR'

  constructor() {
    super('Another call was at the same rows')
  }
}

/** True when the same call, made again, may well succeed. */
export function isConflict(error: unknown): boolean {
  const code = codeOf(error)
  return code === '40P01' || code === '40001'
}

const REASONS: [code: RegExp, reason: string][] = [
  [/^ECONNREFUSED$/, 'refuses connections'],
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'was not found by its name'],
  [/^(CONNECT_TIMEOUT|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/, 'cannot be reached'],
  [/^(CONNECTION_CLOSED|CONNECTION_DESTROYED|ECONNRESET|EPIPE)$/, 'closed the connection'],
  [/^CONNECTION_ENDED$/, 'is not connected any more'],
  [/^08P01$/, "refuses how it is spoken to: if it is a pooler, set 'pooler'"],
  [/^08/, 'lost the connection'],
  [/^28/, 'refuses the user or password'],
  [/^3D000$/, 'has no such database'],
  [/^(3F000|42P01|42703)$/, 'does not have the tables of this release: were they dropped?'],
  [/^42704$/, 'does not know what it was asked for, such as a parameter of the url'],
  [/^42501$/, 'does not permit this user what taskflow needs'],
  [/^25006$/, 'is read-only'],
  [/^53100$/, 'has a full disk'],
  [/^53300$/, 'has no connection left'],
  [/^53/, 'is out of resources'],
  [/^57P0/, 'is shutting down or starting'],
  [/^25P03$/, 'ended a transaction that stood still'],
  [/^57014$/, 'took too long'],
  [/^55P03$/, 'has a lock that was held for too long'],
  [/^(40P01|40001)$/, 'has too many conflicting transactions'],
  [/^(58|XX)/, 'has an error of its own'],
  [/CERT|^ERR_TLS|^ERR_SSL|^EPROTO/, 'has a TLS certificate or version that is refused'],
]

/**
 * The typed error for anything that a call threw: one sentence without SQL, parameters or
 * credentials. `committed` is what is known of the call's effects.
 */
export function toError(error: unknown, committed: 'no' | 'unknown'): TaskflowError {
  if (error instanceof TaskflowError) return error
  const code = codeOf(error)
  const reason = REASONS.find(([pattern]) => code !== undefined && pattern.test(code))?.[1]
  if (code !== undefined && reason !== undefined) {
    return new StorageUnavailableError(`The Postgres server ${reason} (${code}).`, { committed })
  }
  // Messages of other errors may quote what they choked on.
  const name = code ?? (error instanceof Error ? error.name : typeof error)
  const cause = new Error('Unexpected error in the Postgres storage')
  cause.stack = `${cause.name}: ${cause.message}\n${framesOf(error)}`
  return new TaskflowError('internal', `The Postgres storage failed (${name}).`, { cause })
}

function framesOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n')
}
