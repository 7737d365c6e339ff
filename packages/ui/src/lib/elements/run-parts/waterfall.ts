import type { TaskDetailJson } from '@taskflow/core/client'
import { html, nothing } from 'lit'
import { formatDuration } from '../../format/duration.ts'
import type { StatusName } from '../../format/phase.ts'
import { parseInstant } from '../../format/time.ts'
import { t } from '../../messages/messages.ts'
import { statusIcon } from '../../parts/icons.ts'
import { colourOf } from '../../parts/status.ts'
import { outcomeOf } from './outcomes.ts'

interface Bar {
  label: string
  note: string
  status: StatusName
  kind: 'wait' | 'attempt' | 'pause'
  from: number
  to: number
}

/** Waits, attempts and back-offs under each other, on one axis of time. */
export function waterfall(task: TaskDetailJson, now: number) {
  const bars = barsOf(task, now)
  const first = bars[0]?.from
  if (first === undefined || task.attempts.length === 0) return nothing
  const last = Math.max(...bars.map(({ to }) => to), first + 1)
  const share = (at: number) => Math.round(((at - first) / (last - first)) * 10_000) / 100
  return html`<section class="waterfall" aria-label=${t('Time')}>
    <header>
      <h3>${t('Time')}</h3>
      <span class="muted">${formatDuration((last - first) / 1000)}${summary(bars)}</span>
    </header>
    <ol>
      ${bars.map(
        ({ label, note, status, kind, from, to }) => html`<li
          data-status=${colourOf(status)}
          data-kind=${kind}
        >
          <span class="label truncate"
            >${statusIcon(status, 'small')}<b>${label}</b><span class="muted truncate">${note}</span></span
          >
          <svg viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">
            <rect x=${share(from)} y="0" height="14" width=${Math.max(0.4, share(to) - share(from))} />
          </svg>
          <span class="took">${formatDuration((to - from) / 1000)}</span>
        </li>`,
      )}
    </ol>
  </section>`
}

function barsOf(task: TaskDetailJson, now: number): Bar[] {
  const bars: Bar[] = []
  const begin = Date.parse(task.created_at)
  const start = parseInstant(task.attempts[0]?.started_at) ?? begin
  if (start > begin) {
    const waited = { status: 'pending', kind: 'wait', from: begin, to: start } as const
    bars.push({ label: t('Waited'), note: '', ...waited })
  }
  for (const [index, attempt] of task.attempts.entries()) {
    const from = Date.parse(attempt.started_at)
    const end = parseInstant(attempt.ended_at)
    const { status, word } = outcomeOf(attempt)
    const to = Math.max(from, end ?? now)
    bars.push({
      label: t('Attempt {number}', { number: attempt.attempt + 1 }),
      note: word,
      status,
      kind: 'attempt',
      from,
      to,
    })
    const next = parseInstant(task.attempts[index + 1]?.started_at)
    if (end === null || next === null || next <= end) continue
    const pause = { status: 'retrying', kind: 'pause', from: end, to: next } as const
    bars.push({ label: t('Back-off'), note: '', ...pause })
  }
  return bars
}

/** `: 4 % waiting, 67 % working, 29 % back-off` */
function summary(bars: readonly Bar[]): string {
  const sum = (kind: Bar['kind']) =>
    bars.filter((one) => one.kind === kind).reduce((all, { from, to }) => all + to - from, 0)
  const whole = Math.max(1, sum('wait') + sum('attempt') + sum('pause'))
  const percent = (kind: Bar['kind']) => Math.round((sum(kind) / whole) * 100)
  const [wait, work, pause] = [percent('wait'), percent('attempt'), percent('pause')]
  const parts = [
    wait > 0 ? t('{percent} % waiting', { percent: wait }) : '',
    work > 0 ? t('{percent} % working', { percent: work }) : '',
    pause > 0 ? t('{percent} % back-off', { percent: pause }) : '',
  ]
  const said = parts.filter(Boolean).join(', ')
  return said ? `: ${said}` : ''
}
