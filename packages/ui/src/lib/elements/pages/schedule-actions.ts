import type { ScheduleBulkJson, ScheduleJson } from '@taskflow/core/client'
import type { ActionSummary } from '../../events.ts'
import { shortId } from '../../format/number.ts'
import { visibleText } from '../../format/visible-text.ts'
import { type MessageKey, t } from '../../messages/messages.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import { runRoute } from '../../url/route.ts'
import type { ConfirmOptions } from '../dialogs/dialogs.ts'

export type ScheduleAction = 'run' | 'pause' | 'resume' | 'remove'

interface Plan<Result> {
  /** What is asked before. */
  question: ConfirmOptions | null
  send: (store: DashboardStore) => Promise<Result>
  summary: (result: Result) => ActionSummary
}

/** What an action on one schedule asks, sends and says. */
export function scheduleAction(action: ScheduleAction, schedule: ScheduleJson): Plan<object> {
  const { id, trigger } = schedule
  const name = visibleText(schedule.name)
  switch (action) {
    case 'run':
      return {
        question: null,
        send: ({ client }) => client.runSchedule(id),
        summary: (result) => {
          const { task_id } = result as { task_id: string }
          return {
            title: t('Queued as {id}', { id: shortId(task_id) }),
            text:
              trigger === 'date'
                ? t('{name} ran by hand and is paused now, to be resumed or removed.', { name })
                : t('A run of {name} by hand; it goes on with its next time.', { name }),
            route: runRoute(task_id),
          }
        },
      }
    case 'pause':
      return {
        question: null,
        send: ({ client }) => client.pauseSchedule(id),
        summary: () => ({
          title: t('Paused {name}', { name }),
          text: t('Due times pass until it is resumed.'),
        }),
      }
    case 'resume':
      return {
        question: null,
        send: ({ client }) => client.resumeSchedule(id),
        summary: () => ({
          title: t('Resumed {name}', { name }),
          text: t('It goes on with its next time.'),
        }),
      }
    case 'remove':
      return {
        question: {
          title: t('Remove {name}?', { name }),
          text: t(
            'It is due no more. Runs that it made stay. A deploy that changes it brings it back; nothing else does.',
          ),
          confirm: t('Remove the schedule'),
          danger: true,
        },
        send: ({ client }) => client.removeSchedule(id),
        summary: () => ({ title: t('Removed {name}', { name }) }),
      }
  }
}

const DONE = {
  run: '{count} schedule run|{count} schedules run',
  pause: '{count} schedule paused|{count} schedules paused',
  resume: '{count} schedule resumed|{count} schedules resumed',
  remove: '{count} schedule removed|{count} schedules removed',
} as const satisfies Record<ScheduleAction, MessageKey>

/** The same for several at once. */
export function bulkSchedules(action: ScheduleAction, ids: string[]): Plan<ScheduleBulkJson> {
  const count = ids.length
  const questions: Partial<Record<ScheduleAction, ConfirmOptions>> = {
    run: {
      title: t('Run {count} schedule now?|Run {count} schedules now?', { count }),
      text: t('Each makes one run by hand, beside its times.'),
      confirm: t('Run {count} schedule|Run {count} schedules', { count }),
    },
    remove: {
      title: t('Remove {count} schedule?|Remove {count} schedules?', { count }),
      text: t('They are due no more. Runs that they made stay.'),
      confirm: t('Remove {count} schedule|Remove {count} schedules', { count }),
      danger: true,
    },
  }
  return {
    question: questions[action] ?? null,
    send: ({ client }) => client.bulkSchedules({ ids, action }),
    summary: ({ done, skipped, results }) => {
      const reasons = [...new Set(results.flatMap(({ reason }) => (reason ? [reason] : [])))]
      return {
        title: t(DONE[action], { count: done }),
        ...(skipped > 0 && {
          text: t('{count} skipped: {reasons}', {
            count: skipped,
            reasons: reasons.slice(0, 3).join('; '),
          }),
        }),
      }
    },
  }
}
