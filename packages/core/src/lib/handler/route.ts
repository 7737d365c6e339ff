import type { Right } from '../client/wire.ts'
import type { TaskManager } from '../run/task-manager.ts'
import type { Authentication } from './auth/credentials.ts'
import type { EndedSessions } from './auth/ended-sessions.ts'
import type { LoginThrottle } from './auth/login-throttle.ts'
import type { Session, Sessions } from './auth/sessions.ts'
import type { Parameter } from './openapi/parameters.ts'
import type { Schema } from './openapi/schema.ts'
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
  routes: readonly Route[]
  /** Told of what goes wrong without failing a request. */
  onError: (error: unknown) => void
  startedAt: number
}

/** One request on its way through a route. */
export interface Call {
  app: App
  route: Route
  request: Request
  url: URL
  /** Origin as browsers see it. */
  origin: string
  /** Mount path as browsers see it, without a trailing slash. */
  base: string
  /** Client address; null where nobody knows it. */
  address: string | null
  params: Record<string, string>
  query: Query
  user: User | null
  session: Session | null
  rights: Right[]
  /** Asks again, later, whether the visitor may still do what the route is for. */
  stillAllowed(now: number): Promise<boolean>
  /** Cuts the connection, where the server lets us. */
  disconnect(): void
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
  /** A token of `createRunToken` for the run in the path is enough, too. [false] */
  runToken?: true
  /** Longest body. [`maxBodyBytes` of the handler, which is never exceeded] */
  maxBodyBytes?: number
  /** What the OpenAPI document says of it, and requests are held to. */
  doc: RouteDoc
  handle(call: Call): Promise<Response> | Response
}

export interface RouteDoc {
  /** `operationId`, and the name of the client's method unless `client` is false. */
  operation: string
  summary: string
  /** False for what is not for programs: pages and scripts. [true] */
  client?: false
  /** All query parameters it takes; others are refused. [none] */
  query?: readonly Parameter[]
  /** Takes other query parameters too. [false] */
  anyQuery?: true
  /** What `readBody` accepts. [no body is read] */
  body?: Schema
  /** Media types of the body. [application/json] */
  bodyTypes?: readonly string[]
  /** By status; a problem document for every other. */
  answers: Record<number, Answer>
}

export interface Answer {
  description: string
  /** Schemas by media type; none for an empty body. */
  content?: Record<string, Schema>
  /** Headers that matter. */
  headers?: readonly string[]
}
