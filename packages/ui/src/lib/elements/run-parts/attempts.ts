import type { AttemptJson, TaskDetailJson } from '@taskflow/core/client'
import { html, nothing } from 'lit'
import { formatDuration, formatElapsed } from '../../format/duration.ts'
import { formatAbsolute, formatClock, parseInstant } from '../../format/time.ts'
import { visibleText } from '../../format/visible-text.ts'
import { t } from '../../messages/messages.ts'
import { statusIcon } from '../../parts/icons.ts'
import { colourOf } from '../../parts/status.ts'
import { outcomeOf } from './outcomes.ts'

/** Every attempt with how it ended, its error and its stack. */
export function attemptList(task: TaskDetailJson, now: number) {
  if (task.attempts.length === 0) {
    return html`<p class="muted">${t('No attempt has begun yet.')}</p>`
  }
  return html`<ul class="attempts">
    ${task.attempts.map((attempt, index) => one(attempt, task.attempts[index + 1], task, now))}
  </ul>`
}

function one(
  attempt: AttemptJson,
  next: AttemptJson | undefined,
  task: TaskDetailJson,
  now: number,
) {
  const { status, word } = outcomeOf(attempt)
  const start = Date.parse(attempt.started_at)
  const end = parseInstant(attempt.ended_at)
  const took =
    end === null
      ? t('for {time}', { time: formatElapsed((now - start) / 1000) })
      : t('after {time}', { time: formatDuration((end - start) / 1000) })
  const pause = end !== null && next ? (Date.parse(next.started_at) - end) / 1000 : null
  const most = Math.max(task.max_attempts, task.attempts.length)
  return html`<li data-status=${colourOf(status)}>
    <div class="line">
      ${statusIcon(status)}
      <b>${t('Attempt {number} of {total}', { number: attempt.attempt + 1, total: most })}</b>
      <span class="word">${word} ${took}</span>
      <span class="muted">${visibleText(attempt.instance ?? '')}</span>
      <time class="end" datetime=${attempt.started_at} title=${formatAbsolute(start)}
        >${formatClock(start, true)}</time
      >
    </div>
    ${
      attempt.late_outcome
        ? html`<p class="muted">
            ${t('Its owner came too late and says: {outcome}.', { outcome: outcomeOf({ outcome: attempt.late_outcome }).word })}
          </p>`
        : nothing
    }
    ${
      attempt.error
        ? html`<taskflow-error
            .error=${attempt.error}
            .stack=${attempt.stacktrace}
            .status=${status === 'interrupted' ? 'interrupted' : 'failed'}
          ></taskflow-error>`
        : nothing
    }
    ${pause === null ? nothing : html`<p class="pause">${t('back-off {time}', { time: formatDuration(pause) })}</p>`}
  </li>`
}
