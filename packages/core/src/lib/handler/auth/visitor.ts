import type { RequestOrigin } from '../create-handler.ts'
import type { User } from '../options.ts'
import type { App } from '../route.ts'
import { isUser } from './credentials.ts'
import type { Session } from './sessions.ts'

/** Who is asking. */
export interface Visitor {
  user: User | null
  session: Session | null
}

export const STRANGER: Visitor = { user: null, session: null }

/**
 * Who is asking; a Response when the host's own session answers instead.
 *
 * @param isForeign the request comes from a page of another origin, one that `cors` lists: there,
 *   only a bearer token counts. Cookies would let that page act as whoever is signed in here.
 */
export async function visitorOf(
  app: App,
  request: Request,
  from: RequestOrigin,
  now: number,
  isForeign: boolean,
): Promise<Visitor | Response> {
  const { authentication, sessions } = app
  if (authentication.kind === 'open') return STRANGER
  const bears = request.headers.has('authorization')
  const bearer = bears ? await live(app, await sessions.ofBearer(request, now), now) : STRANGER
  if (isForeign || bearer.user !== null) return bearer
  if (authentication.kind === 'host') {
    const answer = await authentication.session(request, from.native)
    if (answer instanceof Response) return answer
    return { user: isUser(answer) ? answer : null, session: null }
  }
  // Who sends a token means it: a cookie must not stand in for one that does not hold.
  return bears ? STRANGER : live(app, await sessions.ofCookie(request, now), now)
}

async function live(app: App, session: Session | null, now: number): Promise<Visitor> {
  if (session === null || (await app.ended.has(session, now))) return STRANGER
  return { user: session.user, session }
}
