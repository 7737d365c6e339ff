import { TaskflowError } from '../errors.ts'
import type { DashboardUi } from '../ui.ts'

/** Who signed in. Without `roles` everybody may do everything. */
export interface User {
  id: string
  name: string
  /** 'viewer' reads; 'operator' also retries, cancels, runs and pauses; 'admin' also deletes. */
  roles?: readonly ('viewer' | 'operator' | 'admin')[]
}

/** Checks user and password, for example against the host's own users. */
export interface AuthBackend {
  /** True or a user lets in; false or null does not. */
  authenticateUser(
    username: string,
    password: string,
  ): boolean | User | null | Promise<boolean | User | null>
}

/**
 * Reuses the host's own session: gets the request (and the framework's own, as `native`) and
 * returns the user, null (answered with 401), or a Response, e.g. a redirect to the host's login.
 */
export type HostSession = (
  request: Request,
  native: unknown,
) => User | null | Response | Promise<User | null | Response>

/** Settings of `createHandler`. */
export interface HandlerOptions {
  /** Who may see and do what; `false` says out loud that everybody may do everything. */
  auth:
    | false
    | readonly [string, string]
    | readonly (readonly [string, string])[]
    | AuthBackend
    | HostSession
  /** Where the handler is mounted. ['/tasks'] */
  basePath?: string
  /** Name of the page and the login. ['taskflow'] */
  title?: string
  /** Shown in the header. [title] */
  headerTitle?: string
  /** Shown on the overview. [''] */
  description?: string
  /** Show payloads and results. They may hold what operators must not see. [false] */
  exposePayloads?: boolean
  /** No changes by anybody. [false] */
  readOnly?: boolean
  /** How long a session lasts. [86 400 000, a day] */
  tokenExpiryMs?: number
  /** Signs sessions, 32 characters or more; a list rotates: the first signs, all verify. [random: sessions end with the process] */
  secretKey?: string | readonly string[]
  /** The session cookie. [{ name: 'taskflow_session', sameSite: 'lax', secure: on https }] */
  cookie?: { name?: string; sameSite?: 'lax' | 'strict'; secure?: boolean }
  /** How often a page without a stream asks again. [30 000] */
  pollIntervalMs?: number
  /** The dashboard, from `@taskflow/ui/server`; adapters pass it. [none: API only] */
  ui?: DashboardUi
  /** Longest request body. [2 MiB] */
  maxBodyBytes?: number
  /** The origin browsers use, where a proxy in front changes it, e.g. `https://admin.example`. [the request's] */
  publicOrigin?: string
  /** Told of failures that become a 500. [the manager's] */
  onError?: (error: unknown) => void
}

export interface ResolvedHandlerOptions
  extends Required<
    Omit<HandlerOptions, 'secretKey' | 'cookie' | 'ui' | 'publicOrigin' | 'onError'>
  > {
  secretKeys: readonly string[]
  cookie: { name: string; sameSite: 'lax' | 'strict'; secure: boolean | null }
  ui: DashboardUi | null
  publicOrigin: string | null
}

/** Fills in defaults and refuses what makes no sense. */
export function resolveHandlerOptions(options: HandlerOptions): ResolvedHandlerOptions {
  const { auth } = options
  if (auth === undefined) {
    throw wrong('auth', 'credentials, an AuthBackend, a function, or false to leave it open', auth)
  }
  const title = options.title ?? 'taskflow'
  const keys = options.secretKey === undefined ? [] : [options.secretKey].flat()
  for (const key of keys) {
    if (typeof key !== 'string' || key.length < 16) {
      throw wrong('secretKey', 'at least 16 characters', `${String(key).length} characters`)
    }
  }
  return {
    auth,
    basePath: normalBasePath(options.basePath ?? '/tasks'),
    title,
    headerTitle: options.headerTitle ?? title,
    description: options.description ?? '',
    exposePayloads: options.exposePayloads ?? false,
    readOnly: options.readOnly ?? false,
    tokenExpiryMs: positive('tokenExpiryMs', options.tokenExpiryMs ?? 86_400_000),
    secretKeys: keys.length > 0 ? keys : [randomKey()],
    cookie: {
      name: options.cookie?.name ?? 'taskflow_session',
      sameSite: options.cookie?.sameSite ?? 'lax',
      secure: options.cookie?.secure ?? null,
    },
    pollIntervalMs: positive('pollIntervalMs', options.pollIntervalMs ?? 30_000),
    ui: options.ui ?? null,
    maxBodyBytes: positive('maxBodyBytes', options.maxBodyBytes ?? 2_097_152),
    publicOrigin: options.publicOrigin === undefined ? null : origin(options.publicOrigin),
  }
}

function normalBasePath(path: string): string {
  if (!/^(\/[\w.~-]+)*\/?$/.test(path)) throw wrong('basePath', "a path like '/tasks'", path)
  return path.replace(/\/$/, '')
}

function positive(option: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value
  throw wrong(option, 'a whole number above 0', value)
}

function origin(value: string): string {
  if (URL.canParse(value) && new URL(value).origin === value) return value
  throw wrong('publicOrigin', "an origin like 'https://admin.example'", value)
}

function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16)).join(
    '-',
  )
}

function wrong(option: string, expected: string, got: unknown): TaskflowError {
  return new TaskflowError(
    'configuration',
    `createHandler: ${option}: expected ${expected}, got ${String(got)}`,
  )
}
