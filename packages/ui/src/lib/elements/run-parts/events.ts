import type { LifecycleStepJson, LifecycleStepName, TaskDetailJson } from '@taskflow/core/client'
import { html, nothing } from 'lit'
import { formatDuration, formatElapsed } from '../../format/duration.ts'
import { formatAbsolute, formatClock, parseInstant } from '../../format/time.ts'
import { visibleText } from '../../format/visible-text.ts'
import { type MessageKey, t } from '../../messages/messages.ts'
import { type IconName, icon } from '../../parts/icons.ts'

const LOOK = {
  accepted: { label: 'Created', icon: 'check', status: 'success' },
  scheduled: { label: 'Scheduled', icon: 'clock', status: 'scheduled' },
  blocked: { label: 'Blocked', icon: 'bars', status: 'blocked' },
  queued: { label: 'Queued', icon: 'check', status: 'success' },
  claimed: { label: 'Claimed', icon: 'check', status: 'success' },
  running: { label: 'Running', icon: 'check', status: 'success' },
  retrying: { label: 'Waits for the next attempt', icon: 'cycle', status: 'retrying' },
  requeued: { label: 'Requeued after restart', icon: 'cycle', status: 'interrupted' },
  cancel_requested: { label: 'Asked to stop', icon: 'slashed', status: 'cancelled' },
  success: { label: 'Succeeded', icon: 'check', status: 'success' },
  failed: { label: 'Failed', icon: 'cross', status: 'failed' },
  interrupted: { label: 'Interrupted', icon: 'bolt', status: 'interrupted' },
  cancelled: { label: 'Cancelled', icon: 'slashed', status: 'cancelled' },
} as const satisfies Record<
  LifecycleStepName,
  { label: MessageKey; icon: IconName; status: string }
>

/** Every recorded step, one below the other: instants as they were stored, none is made up. */
export function eventList(task: TaskDetailJson, now: number) {
  const steps = task.lifecycle
  const last = steps.at(-1)
  const ended = task.end_time !== null
  return html`<ol class="events" aria-label=${t('Events')}>
    ${steps.map((step, index) => event(step, steps[index - 1], step === last && !ended))}
    ${
      ended || !last
        ? nothing
        : html`<li class="future">
            <span class="mark"></span>
            <span class="what">${t('Done')}</span>
            <span class="gap">${t('{time} so far', { time: formatElapsed((now - Date.parse(last.at)) / 1000) })}</span>
          </li>`
    }
  </ol>`
}

function event(step: LifecycleStepJson, before: LifecycleStepJson | undefined, current: boolean) {
  const { label, icon: shape, status } = LOOK[step.step]
  const at = Date.parse(step.at)
  const gap = before ? (at - Date.parse(before.at)) / 1000 : null
  const attempt =
    step.attempt !== null && ['running', 'claimed', 'retrying'].includes(step.step)
      ? t('Attempt {number}', { number: step.attempt + 1 })
      : ''
  const due = step.step === 'scheduled' ? parseInstant(step.detail) : null
  const detail = due === null ? (step.detail ?? '') : formatAbsolute(due, 'second')
  const notes = [attempt, step.instance ?? '', detail].filter(Boolean).join(', ')
  const turning = current && step.step === 'running'
  return html`<li data-status=${turning ? 'running' : status} aria-current=${current ? 'step' : nothing}>
    <span class="mark">${icon(turning ? 'arc' : shape, turning ? 'spins' : '')}</span>
    <span class="what"
      ><b>${t(label)}</b>${notes ? html` <span class="muted">${visibleText(notes)}</span>` : nothing}</span
    >
    <span class="gap">${gap === null ? nothing : html`<bdi>+${formatDuration(Math.max(0, gap))}</bdi>`}</span>
    <time datetime=${step.at} title=${formatAbsolute(at)}>${formatClock(at, true)}</time>
  </li>`
}
