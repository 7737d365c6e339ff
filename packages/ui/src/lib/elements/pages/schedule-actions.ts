import type { ScheduleBulkJson, ScheduleJson } from '@taskflow/core/client'
import type { ActionSummary } from '../../events.ts'
import { plural, shortId } from '../../format/number.ts'
import { visibleText } from '../../format/visible-text.ts'
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
            title: `Queued as ${shortId(task_id)}`,
            text:
              trigger === 'date'
                ? `${name} ran by hand and is paused now, to be resumed or removed.`
                : `A run of ${name} by hand; it goes on with its next time.`,
            route: runRoute(task_id),
          }
        },
      }
    case 'pause':
      return {
        question: null,
        send: ({ client }) => client.pauseSchedule(id),
        summary: () => ({ title: `Paused ${name}`, text: 'Due times pass until it is resumed.' }),
      }
    case 'resume':
      return {
        question: null,
        send: ({ client }) => client.resumeSchedule(id),
        summary: () => ({ title: `Resumed ${name}`, text: 'It goes on with its next time.' }),
      }
    case 'remove':
      return {
        question: {
          title: `Remove ${name}?`,
          text: 'It is due no more. Runs that it made stay. A deploy that changes it brings it back; nothing else does.',
          confirm: 'Remove the schedule',
          danger: true,
        },
        send: ({ client }) => client.removeSchedule(id),
        summary: () => ({ title: `Removed ${name}` }),
      }
  }
}

const DONE: Record<ScheduleAction, string> = {
  run: 'run',
  pause: 'paused',
  resume: 'resumed',
  remove: 'removed',
}

/** The same for several at once. */
export function bulkSchedules(action: ScheduleAction, ids: string[]): Plan<ScheduleBulkJson> {
  const count = plural(ids.length, 'schedule')
  const questions: Partial<Record<ScheduleAction, ConfirmOptions>> = {
    run: {
      title: `Run ${count} now?`,
      text: 'Each makes one run by hand, beside its times.',
      confirm: `Run ${count}`,
    },
    remove: {
      title: `Remove ${count}?`,
      text: 'They are due no more. Runs that they made stay.',
      confirm: `Remove ${count}`,
      danger: true,
    },
  }
  return {
    question: questions[action] ?? null,
    send: ({ client }) => client.bulkSchedules({ ids, action }),
    summary: ({ done, skipped, results }) => {
      const reasons = [...new Set(results.flatMap(({ reason }) => (reason ? [reason] : [])))]
      return {
        title: `${plural(done, 'schedule')} ${DONE[action]}`,
        ...(skipped > 0 && { text: `${skipped} skipped: ${reasons.slice(0, 3).join('; ')}` }),
      }
    },
  }
}
