import type { SessionJson } from '../../client/wire.ts'
import { TaskflowError } from '../../errors.ts'
import { acceptedTypes } from '../accepted-types.ts'
import { audit } from '../audit.ts'
import { authenticate } from '../auth/credentials.ts'
import { Throttled } from '../auth/login-throttle.ts'
import { mediaType, readJson, readText } from '../body.ts'
import { jsonResponse, pageResponse, redirect } from '../headers.ts'
import { empty, json, textAnswer } from '../openapi/answers.ts'
import { object, text } from '../openapi/shapes.ts'
import type { Call, Route } from '../route.ts'
import { isoInstant } from '../serialize.ts'
import { noUi, themeOf } from './dashboard-routes.ts'

const MAX_LOGIN_BYTES = 8_192

/** What the login page says above its form. */
const REASONS = new Map<string | undefined, string>([
  ['expired', 'Your session has ended. Sign in to go on.'],
  ['signed-out', 'You are signed out.'],
  ['not-allowed', 'Whoever is signed in here may not see that page. Sign in as somebody who may.'],
])

export const authRoutes: Route[] = [
  {
    method: 'GET',
    pattern: '/auth/login',
    right: 'none',
    doc: {
      operation: 'loginPage',
      client: false,
      summary: 'The login page.',
      anyQuery: true,
      answers: { 200: textAnswer('text/html', 'The page.') },
    },
    handle: loginPage,
  },
  {
    method: 'POST',
    pattern: '/auth/login',
    right: 'none',
    maxBodyBytes: MAX_LOGIN_BYTES,
    doc: {
      operation: 'login',
      summary: 'Begins a session.',
      anyQuery: true,
      body: object<{ username: string; password: string; next: string }>(
        { username: text, password: text, next: text },
        ['next'],
      ),
      bodyTypes: ['application/json', 'application/x-www-form-urlencoded'],
      answers: {
        204: empty('Signed in.', ['Set-Cookie']),
        303: empty('Signed in by form.', ['Set-Cookie', 'Location']),
      },
    },
    handle: login,
  },
  {
    method: 'GET',
    pattern: '/auth/logout',
    right: 'none',
    doc: {
      operation: 'logoutPage',
      client: false,
      summary: 'Ends the session, for a same-origin or typed navigation.',
      anyQuery: true,
      answers: { 303: empty('Signed out.', ['Set-Cookie', 'Location']) },
    },
    handle: logout,
  },
  {
    method: 'POST',
    pattern: '/auth/logout',
    right: 'none',
    doc: {
      operation: 'logout',
      summary: 'Ends the session.',
      anyQuery: true,
      answers: {
        204: empty('Signed out; for those who accept JSON and no HTML.', ['Set-Cookie']),
        303: empty('Signed out.', ['Set-Cookie', 'Location']),
      },
    },
    handle: logout,
  },
  {
    method: 'GET',
    pattern: '/auth/session',
    right: 'none',
    doc: {
      operation: 'session',
      summary: 'Who is signed in, and what they may do.',
      answers: { 200: json('Session', 'The session.') },
    },
    handle: session,
  },
]

function loginPage(call: Call): Response {
  if (call.app.authentication.kind !== 'login') return redirect(home(call))
  const reason = REASONS.get(call.query.one('reason')) ?? null
  return loginForm(call, nextOf(call, call.query.one('next')), reason, '', 200)
}

async function login(call: Call): Promise<Response> {
  const { authentication, sessions, throttle } = call.app
  if (authentication.kind !== 'login') {
    throw new TaskflowError('not_found', 'no login: this dashboard does not ask for one')
  }
  const form = mediaType(call.request) === 'application/x-www-form-urlencoded'
  const given = form
    ? new Map<string, unknown>(
        new URLSearchParams(await readText(call.request, MAX_LOGIN_BYTES)).entries(),
      )
    : await readJson(call.request, MAX_LOGIN_BYTES)
  const username = given.get('username')
  const password = given.get('password')
  const next = nextOf(call, given.get('next'))
  if (typeof username !== 'string' || typeof password !== 'string') {
    throw new TaskflowError('invalid_input', 'body: expected username and password')
  }
  const attempt = await throttle.begin(username, call.address, call.now).catch((error) => {
    if (form && error instanceof Throttled) return error
    throw error
  })
  if (attempt instanceof Throttled) {
    const response = loginForm(call, next, attempt.message, username, 429)
    response.headers.set('retry-after', `${attempt.retryAfterSeconds}`)
    return response
  }
  const user = await authenticate(authentication.backend, username, password).catch(
    async (error) => {
      await attempt.undecided()
      throw error
    },
  )
  const token = user && (await sessions.create(user, call.now))
  if (token === null) {
    // Without the name: people type passwords into that field, too.
    await audit(
      { ...call, user: null },
      { action: 'login_failed', detail: { address: call.address } },
    )
    const message = 'User name or password is wrong.'
    if (form) return loginForm(call, next, message, username, 401)
    throw new TaskflowError('unauthenticated', message)
  }
  await attempt.succeeded()
  // Who signs in again leaves no second key under the mat.
  if (call.session) await call.app.ended.end(call.session)
  await audit({ ...call, user }, { action: 'login' })
  const headers = {
    'set-cookie': sessions.cookie(token, call.base, call.origin.startsWith('https:')),
  }
  return form ? redirect(next, headers) : new Response(null, { status: 204, headers })
}

async function logout(call: Call): Promise<Response> {
  if (call.request.method !== 'POST') {
    // A link on another site must not sign anybody out.
    const site = call.request.headers.get('sec-fetch-site')
    if (site !== null && site !== 'same-origin' && site !== 'none') {
      throw new TaskflowError('forbidden', 'expected a request from the same origin')
    }
  }
  const { sessions, ended, authentication } = call.app
  if (call.session) {
    await ended.end(call.session)
    await audit(call, { action: 'logout' })
  }
  const headers = {
    'set-cookie': sessions.cookie(null, call.base, call.origin.startsWith('https:')),
  }
  if (call.request.method === 'POST' && wantsJson(call.request)) {
    return new Response(null, { status: 204, headers })
  }
  const login = `${call.base}/auth/login?reason=signed-out`
  return redirect(authentication.kind === 'login' ? login : home(call), headers)
}

/** Scripts do; a form takes HTML. */
function wantsJson(request: Request): boolean {
  const types = acceptedTypes(request)
  return types.includes('application/json') && !types.includes('text/html')
}

function session({ app, user, rights, session }: Call): Response {
  if (app.authentication.kind !== 'open' && !user) {
    throw new TaskflowError('unauthenticated', 'expected a session')
  }
  const body: SessionJson = {
    user: user && { id: user.id, name: user.name },
    rights,
    expires_at: session && isoInstant(session.expiresAt),
  }
  return jsonResponse(body)
}

function loginForm(
  call: Call,
  next: string,
  message: string | null,
  username: string,
  status: number,
): Response {
  const { ui, headerTitle: title } = call.app.options
  if (!ui) throw noUi('login page')
  const theme = themeOf(call.request)
  const html = ui.loginPage({ base: call.base, title, theme, next, message, username })
  return pageResponse(html, { status })
}

const home = (call: Call) => `${call.base}/dashboard`

/** A way back after the login: only ever a page of ours. */
function nextOf(call: Call, next: unknown): string {
  if (typeof next !== 'string' || !URL.canParse(next, call.origin)) return home(call)
  const url = new URL(next, call.origin)
  const ours = url.origin === call.origin && isBelow(url.pathname, home(call))
  return ours ? `${url.pathname}${url.search}${url.hash}` : home(call)
}

const isBelow = (path: string, base: string) => path === base || path.startsWith(`${base}/`)
