import { isRetryable, type Right, type TaskDetailJson } from '@taskflow/core/client'
import { t } from '../messages/messages.ts'
import type { MenuItem } from './menu.ts'

/** What stands behind the three dots of a run. */
export function runMenu(options: {
  task: TaskDetailJson
  may: (right: Right) => boolean
  retryChanged: () => void
  runNow: () => void
  /** Null: it is open as a page. */
  openPage: (() => void) | null
  copy: (text: string) => void
  /** The address of the run. */
  link: string
}): MenuItem[] {
  const { task, may, retryChanged, runNow, openPage, copy, link } = options
  const items: MenuItem[] = []
  if (isRetryable(task.status) && may('retry')) {
    const hidden = task.payload_hidden !== undefined
    items.push({
      label: t('Retry with changed input…'),
      icon: 'pencil',
      disabled: hidden,
      ...(hidden && { hint: t('The server does not show the input.') }),
      run: retryChanged,
    })
  }
  if ((task.phase === 'scheduled' || task.phase === 'retrying') && may('run')) {
    items.push({ label: t('Run now'), icon: 'play', run: runNow })
  }
  if (items.length > 0) items.push(null)
  if (openPage) {
    items.push({ label: t('Open as a page'), icon: 'expand', key: 'O', run: openPage })
  }
  items.push(
    { label: t('Copy id'), icon: 'copy', key: 'Y', run: () => copy(task.task_id) },
    { label: t('Copy link'), icon: 'link', run: () => copy(link) },
  )
  return items
}
