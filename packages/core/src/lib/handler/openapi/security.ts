import type { Authentication } from '../auth/credentials.ts'

type Requirement = Record<string, readonly string[]>

/** How a caller says who it is, in the words of OpenAPI. */
export interface Security {
  schemes: Record<string, object>
  /** One of them is enough. */
  requirements: readonly Requirement[]
}

const bearer = {
  type: 'http',
  scheme: 'bearer',
  description: 'What `createToken` made on the server.',
}

/** The host's own session is not ours to describe: with one, a token is another way. */
export function securityOf(kind: Authentication['kind'], cookie: string): Security | null {
  if (kind === 'open') return null
  if (kind === 'host') return { schemes: { bearer }, requirements: [{}, { bearer: [] }] }
  const session = { type: 'apiKey', in: 'cookie', name: cookie }
  return { schemes: { session, bearer }, requirements: [{ session: [] }, { bearer: [] }] }
}
