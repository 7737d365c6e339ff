import type { Right } from '../client/wire.ts'
import type { TaskManager } from '../run/task-manager.ts'
import type { Authentication } from './auth/credentials.ts'
import type { EndedSessions } from './auth/ended-sessions.ts'
import type { LoginThrottle } from './auth/login-throttle.ts'
import type { Session, Sessions } from './auth/sessions.ts'
import type { ResolvedHandlerOptions, User } from './options.ts'
import type { Query } from './query.ts'
import type { StreamHub } from './stream/stream-hub.ts'

/** What all routes of one handler share. */
export interface App {
  manager: TaskManager
  options: ResolvedHandlerOptions
  authentication: Authentication
  sessions: Sessions
  ended: EndedSessions
  throttle: LoginThrottle
  hub: StreamHub
  startedAt: number
}

/** One request on its way through a route. */
export interface Call {
  app: App
  request: Request
  url: URL
  /** Origin as browsers see it. */
  origin: string
  /** Client address, where the adapter knows it. */
  address: string
  params: Record<string, string>
  query: Query
  user: User | null
  session: Session | null
  rights: Right[]
  now: number
}

/**
 * A route of the table. `right` is what the visitor needs: one of the rights; `page`, to read, but
 * without a session led to the login; or `none`.
 */
export interface Route {
  method: 'GET' | 'POST' | 'DELETE'
  pattern: string
  right: Right | 'page' | 'none'
  handle(call: Call): Promise<Response> | Response
}
