import { isFinal, isRetryable, type Right, type TaskJson } from '@taskflow/core/client'
import type { RunAction } from '../../actions.ts'
import { t } from '../../messages/messages.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import type { MenuItem } from '../menu.ts'

/** Whether somebody may do a thing here. */
export function mayDo(
  store: DashboardStore | undefined,
  readonly: boolean,
): (right: Right) => boolean {
  return (right) => !readonly && (store?.may(right) ?? false)
}

/** What can be done with a run, in the state it is in. */
export function rowMenu(
  task: TaskJson,
  options: {
    rights: (right: Right) => boolean
    act?: (action: RunAction) => void
    open?: () => void
    openPage?: () => void
    copy?: () => void
  },
): MenuItem[] {
  const { rights, act = () => {}, open = () => {}, openPage = () => {}, copy = () => {} } = options
  const items: MenuItem[] = [
    { label: t('Open'), icon: 'eye', key: 'Enter', run: open },
    { label: t('Open as a page'), icon: 'expand', key: 'O', run: openPage },
    { label: t('Copy id'), icon: 'copy', key: 'Y', run: copy },
  ]
  const more: MenuItem[] = []
  if (isRetryable(task.status) && rights('retry')) {
    more.push({ label: t('Retry'), icon: 'cycle', key: 'R', run: () => act('retry') })
  }
  if ((task.phase === 'scheduled' || task.phase === 'retrying') && rights('run')) {
    more.push({ label: t('Run now'), icon: 'play', run: () => act('run') })
  }
  if (!isFinal(task.status) && rights('cancel')) {
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
