import { isFinal, isRetryable, type Right, type TaskJson } from '@taskflow/core/client'
import type { RunAction } from '../../actions.ts'
import { t } from '../../messages/messages.ts'
import type { MenuItem } from '../menu.ts'

/** What can be done with a run, in the state it is in. */
export function rowMenu(
  task: TaskJson,
  options: {
    may: (right: Right) => boolean
    act: (action: RunAction) => void
    open: () => void
    openPage: () => void
    copy: () => void
  },
): MenuItem[] {
  const { may, act, open, openPage, copy } = options
  const items: MenuItem[] = [
    { label: t('Open'), icon: 'eye', key: 'Enter', run: open },
    { label: t('Open as a page'), icon: 'expand', key: 'O', run: openPage },
    { label: t('Copy id'), icon: 'copy', key: 'Y', run: copy },
  ]
  const more: MenuItem[] = []
  if (isRetryable(task.status) && may('retry')) {
    more.push({ label: t('Retry'), icon: 'cycle', key: 'R', run: () => act('retry') })
  }
  if ((task.phase === 'scheduled' || task.phase === 'retrying') && may('run')) {
    more.push({ label: t('Run now'), icon: 'play', run: () => act('run') })
  }
  if (!isFinal(task.status) && may('cancel')) {
    more.push({
      label: t('Cancel run'),
      icon: 'slashed',
      key: 'C',
      danger: true,
      run: () => act('cancel'),
    })
  }
  return more.length > 0 ? [...more, null, ...items] : items
}
