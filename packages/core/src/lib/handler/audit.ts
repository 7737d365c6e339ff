import { systemClock } from '../clock.ts'
import type { NewAuditEntry } from '../storage/parts.ts'
import { uuidv7 } from '../uuid.ts'
import type { Call } from './route.ts'

/** Something that was done. */
export interface AuditedAction {
  action: string
  /** The task it was done to. [none] */
  taskId?: string | undefined
  detail?: Record<string, unknown>
}

/** Entries of one append. */
const CHUNK = 500

/** Writes down that somebody who is known asked for a change that they may not make. */
export async function auditRefusal(call: Call, needed: string): Promise<void> {
  const { method } = call.request
  if (call.user === null || method === 'GET' || method === 'HEAD') return
  const { task_id: taskId } = call.params
  const detail = { method, route: call.route.pattern, needed }
  await audit(call, { action: 'refused', taskId, detail })
}

/**
 * Writes down what a visitor did, once it is done. Failing to do so undoes nothing, so it is the
 * app that hears of it and not the visitor. A storage without an audit keeps none.
 */
export async function audit(call: Call, ...actions: AuditedAction[]): Promise<void> {
  const { audit: log } = call.app.manager.storage
  if (!log) return
  // Text for sure: hosts may have numbers for ids.
  const actor = call.user ? String(call.user.id) : 'anonymous'
  const entries = actions.map(
    ({ action, taskId = null, detail = {} }): NewAuditEntry => ({
      entryId: uuidv7(systemClock.now()),
      action,
      taskId,
      actor,
      detail,
    }),
  )
  try {
    for (let at = 0; at < entries.length; at += CHUNK) {
      await log.append({ entries: entries.slice(at, at + CHUNK) })
    }
  } catch (error) {
    call.app.onError(error)
  }
}
