import type { Right } from '../../client/wire.ts'
import type { User } from '../options.ts'

const VIEWER: Right[] = ['read']
const OPERATOR: Right[] = [...VIEWER, 'run', 'retry', 'cancel', 'pause', 'audit']
const ADMIN: Right[] = [...OPERATOR, 'delete']
const OF_ROLE = { viewer: VIEWER, operator: OPERATOR, admin: ADMIN }

/** What a user may do; null is the visitor of an open dashboard. */
export function rightsOf(user: User | null, readOnly: boolean): Right[] {
  const rights = user?.roles
    ? [...new Set(user.roles.flatMap((role) => OF_ROLE[role] ?? []))]
    : ADMIN
  return readOnly ? rights.filter((right) => right === 'read' || right === 'audit') : rights
}
