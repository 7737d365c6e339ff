import type { AuthBackend, User } from '@taskflow/core'
import { hashPassword, verifyPassword } from '@taskflow/core/node'

/** A row of the app's own table of users. */
export interface UserRow {
  id: string
  email: string
  name: string
  passwordHash: string
  isAdmin: boolean
}

/** Where the app keeps its users; here a map, elsewhere a database. */
export interface Users {
  byEmail(email: string): Promise<UserRow | undefined>
  byId(id: string): Promise<UserRow | undefined>
}

/** Lets the app's own users see its tasks; admins may also delete. */
export async function userBackend(users: Users): Promise<AuthBackend> {
  // Looked at for people who do not exist, so that the time it takes does not tell.
  const nobody = await hashPassword(crypto.randomUUID())

  return {
    async authenticateUser(username, password): Promise<User | null> {
      const row = await users.byEmail(username.trim().toLowerCase())
      const isRight = await verifyPassword(password, row?.passwordHash ?? nobody)
      if (!row || !isRight) return null
      return { id: row.id, name: row.name, roles: [row.isAdmin ? 'admin' : 'viewer'] }
    },

    // Sessions end when this changes: a new password, other roles, a user who is gone.
    async credentialOf(userId) {
      const row = await users.byId(userId)
      return row ? `${row.passwordHash} ${row.isAdmin}` : null
    },
  }
}
