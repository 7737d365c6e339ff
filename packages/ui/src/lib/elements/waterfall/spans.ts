import type { TaskDetailJson } from '@taskflow/core/client'
import type { StatusName } from '../../format/phase.ts'
import { parseInstant } from '../../format/time.ts'
import { t } from '../../messages/messages.ts'
import { outcomeOf } from '../run-parts/outcomes.ts'

/** A stretch of time in the life of a run. */
export interface WaterfallSpan {
  label: string
  /** How it ended, in a word. */
  note: string
  /** Its colour and icon. */
  status: StatusName
  /** `wait` before the first attempt, `attempt`, or `pause` between two. */
  kind: 'wait' | 'attempt' | 'pause'
  /** Epoch ms. */
  from: number
  /** Epoch ms; now, while it lasts. */
  to: number
}

/** Waits, attempts and back-offs of a run, in order; none before its first attempt. */
export function spansOf(task: TaskDetailJson, now: number): WaterfallSpan[] {
  if (task.attempts.length === 0) return []
  const spans: WaterfallSpan[] = []
  const begin = Date.parse(task.created_at)
  const start = parseInstant(task.attempts[0]?.started_at) ?? begin
  if (start > begin) {
    const waited = { status: 'pending', kind: 'wait', from: begin, to: start } as const
    spans.push({ label: t('Waited'), note: '', ...waited })
  }
  for (const [index, attempt] of task.attempts.entries()) {
    const from = Date.parse(attempt.started_at)
    const end = parseInstant(attempt.ended_at)
    const { status, word } = outcomeOf(attempt)
    const to = Math.max(from, end ?? now)
    const label = t('Attempt {number}', { number: attempt.attempt + 1 })
    spans.push({ label, note: word, status, kind: 'attempt', from, to })
    const next = parseInstant(task.attempts[index + 1]?.started_at)
    if (end === null || next === null || next <= end) continue
    const pause = { status: 'retrying', kind: 'pause', from: end, to: next } as const
    spans.push({ label: t('Back-off'), note: '', ...pause })
  }
  return spans
}

/** `: 4 % waiting, 67 % working, 29 % back-off` */
export function shareText(spans: readonly WaterfallSpan[]): string {
  const sum = (kind: WaterfallSpan['kind']) =>
    spans.filter((one) => one.kind === kind).reduce((all, { from, to }) => all + to - from, 0)
  const whole = Math.max(1, sum('wait') + sum('attempt') + sum('pause'))
  const percent = (kind: WaterfallSpan['kind']) => Math.round((sum(kind) / whole) * 100)
  const [wait, work, pause] = [percent('wait'), percent('attempt'), percent('pause')]
  const parts = [
    wait > 0 ? t('{percent} % waiting', { percent: wait }) : '',
    work > 0 ? t('{percent} % working', { percent: work }) : '',
    pause > 0 ? t('{percent} % back-off', { percent: pause }) : '',
  ]
  const said = parts.filter(Boolean).join(', ')
  return said ? `: ${said}` : ''
}

/** An instant as a share of an axis, 0 to 100. */
export type Scale = (at: number) => number

/**
 * The axis of time: even, or logarithmic from the start, so that short stretches at the start can be
 * seen beside long ones.
 */
export function scaleOf(spans: readonly WaterfallSpan[], kind: 'linear' | 'log'): Scale {
  const first = spans[0]?.from ?? 0
  const length = Math.max(1, ...spans.map(({ to }) => to - first))
  const part = (ms: number) =>
    kind === 'log' ? Math.log1p(Math.max(0, ms)) / Math.log1p(length) : ms / length
  return (at) => Math.round(part(at - first) * 10_000) / 100
}
