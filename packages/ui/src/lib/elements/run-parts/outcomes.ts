import type { AttemptJson } from '@taskflow/core/client'
import type { StatusName } from '../../format/phase.ts'

const outcomes: Record<string, { status: StatusName; word: string }> = {
  success: { status: 'success', word: 'succeeded' },
  error: { status: 'failed', word: 'failed' },
  timeout: { status: 'failed', word: 'timed out' },
  cancelled: { status: 'cancelled', word: 'cancelled' },
  crashed: { status: 'interrupted', word: 'process died' },
  released: { status: 'interrupted', word: 'handed back' },
  snoozed: { status: 'scheduled', word: 'snoozed' },
}

/** How an attempt ended, as a status and in a word. */
export function outcomeOf({ outcome }: Pick<AttemptJson, 'outcome'>): {
  status: StatusName
  word: string
} {
  return outcomes[outcome ?? ''] ?? { status: 'running', word: 'running' }
}
