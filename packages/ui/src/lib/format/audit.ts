import type { AuditEntryJson } from '@taskflow/core/client'
import type { IconName } from '../parts/icons.ts'
import { visibleText } from './visible-text.ts'

const KNOWN: Record<string, { text: string; mark: IconName }> = {
  run: { text: 'Ran', mark: 'play' },
  retry: { text: 'Retried', mark: 'cycle' },
  cancel: { text: 'Cancelled', mark: 'slashed' },
  pause: { text: 'Paused', mark: 'pause' },
  resume: { text: 'Resumed', mark: 'play' },
  remove: { text: 'Removed', mark: 'trash' },
  login: { text: 'Signed in', mark: 'lock' },
  logout: { text: 'Signed out', mark: 'signOut' },
  delete_history: { text: 'Deleted history', mark: 'trash' },
}

/** An action in words; one that is not known, by its own name. */
export function actionText({ action, detail }: AuditEntryJson): { text: string; mark: IconName } {
  const name = action.replace(/^schedule[_.:-]/, '')
  const known = KNOWN[name]
  const what = 'schedule_id' in detail || name !== action ? ' schedule' : ''
  if (known) return { text: known.text + what, mark: known.mark }
  return { text: visibleText(action).replaceAll(/[_.-]/g, ' '), mark: 'info' }
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
