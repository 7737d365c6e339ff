import type { AuditEntryJson } from '@taskflow/core/client'
import { type PlainKey, t } from '../messages/messages.ts'
import type { IconName } from '../parts/icons.ts'
import { visibleText } from './visible-text.ts'

interface Known {
  text: PlainKey
  /** The same, done to a schedule. */
  ofSchedule?: PlainKey
  mark: IconName
}

const KNOWN: Partial<Record<string, Known>> = {
  run: { text: 'Ran', ofSchedule: 'Ran schedule', mark: 'play' },
  retry: { text: 'Retried', mark: 'cycle' },
  cancel: { text: 'Cancelled', mark: 'slashed' },
  pause: { text: 'Paused', ofSchedule: 'Paused schedule', mark: 'pause' },
  resume: { text: 'Resumed', ofSchedule: 'Resumed schedule', mark: 'play' },
  remove: { text: 'Removed', ofSchedule: 'Removed schedule', mark: 'trash' },
  login: { text: 'Signed in', mark: 'lock' },
  logout: { text: 'Signed out', mark: 'signOut' },
  delete_history: { text: 'Deleted history', mark: 'trash' },
}

/** An action in words; one that is not known, by its own name. */
export function actionText({ action, detail }: Pick<AuditEntryJson, 'action' | 'detail'>): {
  text: string
  mark: IconName
} {
  const name = action.replace(/^schedule[_.:-]/, '')
  const known = KNOWN[name]
  const ofSchedule = 'schedule_id' in detail || name !== action
  if (known) {
    return { text: t((ofSchedule && known.ofSchedule) || known.text), mark: known.mark }
  }
  const text = visibleText(action).replaceAll(/[_.-]/g, ' ')
  return { text: text.charAt(0).toUpperCase() + text.slice(1), mark: 'info' }
}

/** What else was written down, as `older than: 30 days`. */
export function detailText({ detail }: AuditEntryJson): string {
  return Object.entries(detail)
    .filter(([name]) => !['func_name', 'schedule_id', 'new_task_id'].includes(name))
    .map(([name, value]) => {
      const text = typeof value === 'string' ? value : JSON.stringify(value)
      return `${name.replaceAll('_', ' ')}: ${text}`
    })
    .join(', ')
}
