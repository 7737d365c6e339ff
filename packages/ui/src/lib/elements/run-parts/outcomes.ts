import type { AttemptJson } from '@taskflow/core/client'
import type { StatusName } from '../../format/phase.ts'
import { type PlainKey, t } from '../../messages/messages.ts'

const OUTCOMES: Partial<Record<string, { status: StatusName; word: PlainKey }>> = {
  success: { status: 'success', word: 'succeeded' },
  error: { status: 'failed', word: 'failed' },
  timeout: { status: 'failed', word: 'timed out' },
  cancelled: { status: 'cancelled', word: 'cancelled' },
  crashed: { status: 'interrupted', word: 'process died' },
  released: { status: 'interrupted', word: 'handed back' },
  snoozed: { status: 'scheduled', word: 'snoozed' },
}
const RUNNING = { status: 'running', word: 'running' } as const

/** How an attempt ended, as a status and in a word. */
export function outcomeOf({ outcome }: Pick<AttemptJson, 'outcome'>): {
  status: StatusName
  word: string
} {
  const { status, word } = OUTCOMES[outcome ?? ''] ?? RUNNING
  return { status, word: t(word) }
}
