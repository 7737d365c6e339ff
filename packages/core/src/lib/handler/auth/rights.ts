import type { Right } from '../../client/wire.ts'
import type { User } from '../options.ts'

const VIEWER: Right[] = ['read']
const OPERATOR: Right[] = [...VIEWER, 'run', 'retry', 'cancel', 'pause', 'audit']
const ADMIN: Right[] = [...OPERATOR, 'delete']
const OF_ROLE = new Map<unknown, Right[]>([
  ['viewer', VIEWER],
  ['operator', OPERATOR],
  ['admin', ADMIN],
])

/** What a user may do; null is the visitor of an open dashboard. */
export function rightsOf(user: User | null, readOnly: boolean): Right[] {
  const rights = user?.roles === undefined ? ADMIN : rightsOfRoles(user.roles)
  return readOnly ? rights.filter((right) => right === 'read' || right === 'audit') : rights
}

/** Roles come from the host's own data: what is no list of roles we know gives no rights. */
function rightsOfRoles(roles: unknown): Right[] {
  if (!Array.isArray(roles)) return []
  return [...new Set(roles.flatMap((role) => OF_ROLE.get(role) ?? []))]
}
