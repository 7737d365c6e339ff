import type { LifecycleStepJson } from '../client/wire.ts'
import { isFinal, type TaskAttempt, type TaskRecord } from '../record.ts'
import { isoInstant } from './serialize.ts'

type Step = Omit<LifecycleStepJson, 'at'> & { at: number }

/** The life of a task in steps, from instants that were stored; nothing is guessed. */
export function lifecycleOf(task: TaskRecord): LifecycleStepJson[] {
  const none = { attempt: null, instance: null, detail: null }
  const steps: Step[] = [{ step: 'accepted', at: task.createdAt, ...none, detail: task.source }]
  const waitsForOthers = task.dependsOn.length > 0
  if (waitsForOthers) steps.push({ step: 'blocked', at: task.createdAt, ...none })
  // After an attempt, `runAt` is the next one's; before that it is the first due time.
  if (task.attempts.length <= 1 && task.retriesUsed === 0) {
    if (task.runAt > task.createdAt) {
      steps.push({ step: 'scheduled', at: task.createdAt, ...none, detail: isoInstant(task.runAt) })
    }
    // Due, unless it still waits for that or was cancelled before.
    // When the last parent let it go is not stored.
    if (
      !waitsForOthers &&
      task.phase !== 'scheduled' &&
      task.runAt <= (task.endTime ?? task.runAt)
    ) {
      const first = task.attempts[0]?.claimedAt ?? Number.POSITIVE_INFINITY
      steps.push({ step: 'queued', at: Math.min(task.runAt, first), ...none })
    }
  }
  const final = isFinal(task.status)
  const last = task.attempts.at(-1)
  for (const attempt of task.attempts) {
    const endsTask = final && attempt === last && attempt.endedAt === task.endTime
    steps.push(...attemptSteps(attempt, endsTask))
  }
  if (task.cancelRequestedAt !== null) {
    steps.push({ step: 'cancel_requested', at: task.cancelRequestedAt, ...none })
  }
  if (final && task.endTime !== null) {
    steps.push({
      step: task.status as Exclude<typeof task.status, 'pending' | 'running'>,
      at: task.endTime,
      attempt: last?.attempt ?? null,
      instance: last?.instance ?? null,
      detail: task.error,
    })
  }
  return steps.sort((a, b) => a.at - b.at).map((step) => ({ ...step, at: isoInstant(step.at) }))
}

function attemptSteps({ attempt, instance, ...at }: TaskAttempt, endsTask: boolean): Step[] {
  const steps: Step[] = [
    { step: 'claimed', at: at.claimedAt, attempt, instance, detail: null },
    { step: 'running', at: at.startedAt, attempt, instance, detail: null },
  ]
  // The end of the task says how its last attempt came out.
  if (at.endedAt === null || endsTask) return steps
  switch (at.outcome) {
    case 'error':
    case 'timeout':
      steps.push({ step: 'retrying', at: at.endedAt, attempt, instance, detail: at.error })
      break
    case 'crashed':
    case 'released':
    case 'snoozed':
      steps.push({ step: 'requeued', at: at.endedAt, attempt, instance, detail: at.outcome })
  }
  return steps
}
