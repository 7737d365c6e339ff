import { LONGEST_DELAY_MS } from '../clock.ts'
import { TaskflowError } from '../errors.ts'
import { checkOptionNames, kindOf, type OptionNames } from '../option-names.ts'
import type { DashboardUi } from '../ui.ts'
import { checkedSecrets } from './auth/token.ts'

/** Who signed in. Without `roles` everybody may do everything. */
export interface User {
  id: string
  name: string
  /** 'viewer' reads; 'operator' also retries, cancels, runs and pauses; 'admin' also deletes. */
  roles?: readonly ('viewer' | 'operator' | 'admin')[]
}

/** Checks user and password, for example against the host's own users. */
export interface AuthBackend {
  /**
   * True or a user lets in; anything else does not. Called once per login, after the throttle: a
   * wrong password, an unknown user and an absurdly long name are everyday input. Take the same
   * time for users that do not exist. When it rejects, the login is answered with 500 and counts
   * for nothing.
   */
  authenticateUser(
    username: string,
    password: string,
  ): boolean | User | null | Promise<boolean | User | null>

  /**
   * What the sessions of a user are bound to, such as the stored hash of the password; null when
   * there is no such user any more. Once the answer is another, the user's sessions are over, within
   * a second (open streams within half a minute). Gets the `id` that the login gave. Asked at most
   * once a second per session. Nothing of the answer is kept but a keyed fingerprint. Without this
   * method sessions last until they expire or somebody signs out.
   */
  credentialOf?(userId: string): string | null | Promise<string | null>
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
  /** Signs sessions; 16 characters or more, better 32 random ones. A list rotates: the first signs, all verify. [random: sessions end with the process] */
  secretKey?: string | readonly string[]
  /**
   * The session cookie. `sameSite: 'none'`, for a dashboard in a frame of another site, asks for a
   * `publicOrigin` with https. [{ name: 'taskflow_session', sameSite: 'lax', secure: on https }]
   */
  cookie?: { name?: string; sameSite?: 'lax' | 'strict' | 'none'; secure?: boolean }
  /** Origins whose pages may use the API, with a bearer token, e.g. `https://intranet.example`. [none] */
  cors?: readonly string[]
  /** How often a page without a stream asks again. [30 000] */
  pollIntervalMs?: number
  /** Final tasks older than this are deleted. [the manager's] */
  retentionMs?: number
  /** The dashboard, from `@taskflow/ui/server`; adapters pass it. [none: API only] */
  ui?: DashboardUi
  /** Longest request body. [2 MiB] */
  maxBodyBytes?: number
  /** The origin browsers use, where a proxy in front changes it, e.g. `https://admin.example`. [the request's] */
  publicOrigin?: string
  /**
   * How many proxies in front write `X-Forwarded-For`, `-Proto` and `-Host`, and `-Prefix` for what
   * they cut off the path; true is 1. Client address, origin and path are then what the outermost
   * of them saw. Only where every request comes through them. [false]
   */
  trustProxy?: boolean | number
  /** Streams open at once, all together; more are asked to come back later. [2 000] */
  maxStreams?: number
  /** Streams open at once, of one session. [20] */
  maxStreamsPerSession?: number
  /**
   * Told of failures that become a 500, with the `request_id` of the answer; and of others, such as
   * a stream that lost the storage, without. [the manager's]
   */
  onError?: (error: unknown, requestId?: string) => void
  /** Told at the start of settings that suit development only. [a process warning, once per process] */
  onWarning?: (message: string) => void
}

export interface ResolvedHandlerOptions
  extends Required<
    Omit<
      HandlerOptions,
      | 'secretKey'
      | 'cookie'
      | 'ui'
      | 'publicOrigin'
      | 'trustProxy'
      | 'retentionMs'
      | 'onError'
      | 'onWarning'
    >
  > {
  secretKeys: readonly string[]
  cookie: { name: string; sameSite: 'lax' | 'strict' | 'none'; secure: boolean | null }
  ui: DashboardUi | null
  retentionMs: number | null
  publicOrigin: string | null
  /** How many proxies are trusted. */
  trustProxy: number
}

const NAMES: OptionNames<HandlerOptions> = {
  auth: true,
  basePath: true,
  title: true,
  headerTitle: true,
  description: true,
  exposePayloads: true,
  readOnly: true,
  tokenExpiryMs: true,
  secretKey: true,
  cookie: true,
  cors: true,
  pollIntervalMs: true,
  retentionMs: true,
  ui: true,
  maxBodyBytes: true,
  publicOrigin: true,
  trustProxy: true,
  maxStreams: true,
  maxStreamsPerSession: true,
  onError: true,
  onWarning: true,
}
const COOKIE_NAMES: OptionNames<NonNullable<HandlerOptions['cookie']>> = {
  name: true,
  sameSite: true,
  secure: true,
}

/** Browsers fire a longer timer at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Fills in defaults and refuses what makes no sense. */
export function resolveHandlerOptions(options: HandlerOptions): ResolvedHandlerOptions {
  checkOptionNames(options, NAMES, { where: 'createHandler', code: 'configuration' })
  const { auth } = options
  if (auth === undefined) {
    throw wrong('auth', 'credentials, an AuthBackend, a function, or false to leave it open', auth)
  }
  const title = text('title', options.title ?? 'taskflow')
  const keys = options.secretKey === undefined ? [] : [options.secretKey].flat()
  checkedSecrets('createHandler', keys)
  if (options.secretKey !== undefined && keys.length === 0) {
    throw refused('secretKey', 'a key or a list of keys', 'none')
  }
  for (const name of ['onError', 'onWarning'] as const) {
    const told = options[name]
    if (told === undefined || typeof told === 'function') continue
    throw refused(name, 'a function', kindOf(told))
  }
  const ui = options.ui ?? null
  if (ui !== null && typeof ui.page !== 'function') {
    throw refused('ui', "dashboardUi() of '@taskflow/ui/server'", kindOf(ui))
  }
  const publicOrigin =
    options.publicOrigin === undefined ? null : origin('publicOrigin', options.publicOrigin)
  return {
    auth,
    basePath: normalBasePath(options.basePath ?? '/tasks'),
    title,
    headerTitle: text('headerTitle', options.headerTitle ?? title),
    description: text('description', options.description ?? ''),
    exposePayloads: flag('exposePayloads', options.exposePayloads ?? false),
    readOnly: flag('readOnly', options.readOnly ?? false),
    tokenExpiryMs: positive('tokenExpiryMs', options.tokenExpiryMs ?? 86_400_000, LONGEST_DELAY_MS),
    secretKeys: keys.length > 0 ? keys : [randomKey()],
    cookie: cookieOf(options.cookie ?? {}, publicOrigin),
    cors: corsOf(options.cors ?? []),
    pollIntervalMs: positive('pollIntervalMs', options.pollIntervalMs ?? 30_000, LONGEST_TIMER_MS),
    ui,
    retentionMs:
      options.retentionMs === undefined
        ? null
        : positive('retentionMs', options.retentionMs, LONGEST_DELAY_MS),
    maxBodyBytes: positive('maxBodyBytes', options.maxBodyBytes ?? 2_097_152),
    publicOrigin,
    trustProxy: proxies(options.trustProxy ?? false),
    maxStreams: positive('maxStreams', options.maxStreams ?? 2_000),
    maxStreamsPerSession: positive('maxStreamsPerSession', options.maxStreamsPerSession ?? 20),
  }
}

function normalBasePath(path: string): string {
  if (typeof path !== 'string' || !/^(\/[\w.~-]+)*\/?$/.test(path))
    throw wrong('basePath', "a path like '/tasks'", path)
  return path.replace(/\/$/, '')
}

function positive(option: string, value: number, max = Number.MAX_SAFE_INTEGER): number {
  if (Number.isSafeInteger(value) && value > 0 && value <= max) return value
  throw wrong(option, `a whole number from 1 to ${max}`, value)
}

/** Not whatever is truthy: `'false'` out of an environment would show what is to be hidden. */
function flag(option: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw wrong(option, 'true or false', value)
}

function text(option: string, value: unknown): string {
  if (typeof value === 'string') return value
  throw wrong(option, 'text', value)
}

/** Exactly as browsers write it: what looks alike is not the same. */
function origin(option: string, value: unknown): string {
  const url = typeof value === 'string' ? URL.parse(value) : null
  if (url?.protocol.startsWith('http') && url.origin === value) return value
  throw wrong(option, "an origin like 'https://admin.example'", value)
}

function corsOf(origins: unknown): readonly string[] {
  if (!Array.isArray(origins)) throw wrong('cors', 'a list of origins', typeof origins)
  return origins.map((each) => origin('cors', each))
}

function proxies(value: unknown): number {
  const count = typeof value === 'boolean' ? Number(value) : value
  if (typeof count === 'number' && Number.isSafeInteger(count) && count >= 0) return count
  throw wrong('trustProxy', 'true, false or how many proxies there are', value)
}

function cookieOf(
  options: NonNullable<HandlerOptions['cookie']>,
  publicOrigin: string | null,
): ResolvedHandlerOptions['cookie'] {
  const owner = { where: 'createHandler: cookie', code: 'configuration' } as const
  checkOptionNames(options, COOKIE_NAMES, owner)
  const { name = 'taskflow_session', sameSite = 'lax', secure } = options
  if (typeof name !== 'string' || !/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
    throw wrong('cookie.name', 'a cookie name', name)
  }
  if (/^__(host|secure|http|host-http)-/i.test(name)) {
    // Browsers drop such a cookie without a word where path or protocol are not to their liking.
    throw wrong('cookie.name', 'a name without the prefix of another rule', name)
  }
  if (!['lax', 'strict', 'none'].includes(sameSite)) {
    throw wrong('cookie.sameSite', "'lax', 'strict' or 'none'", sameSite)
  }
  if (secure !== undefined && typeof secure !== 'boolean') {
    throw wrong('cookie.secure', 'true or false', secure)
  }
  if (sameSite !== 'none') return { name, sameSite, secure: secure ?? null }
  if (!publicOrigin?.startsWith('https:') || secure === false) {
    throw wrong('cookie.sameSite', "'none' only with a publicOrigin of https", sameSite)
  }
  return { name, sameSite, secure: true }
}

function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16)).join(
    '-',
  )
}

function wrong(option: string, expected: string, got: unknown): TaskflowError {
  return refused(option, expected, typeof got === 'string' ? JSON.stringify(got) : String(got))
}

function refused(option: string, expected: string, shown: string): TaskflowError {
  const message = `createHandler: ${option}: expected ${expected}, got ${shown}`
  return new TaskflowError('configuration', message)
}
