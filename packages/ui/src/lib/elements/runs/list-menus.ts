import type { TaskJson } from '@taskflow/core/client'
import type { RunAction } from '../../actions.ts'
import { openMenu } from '../overlays.ts'
import { clearHistory } from './bulk.ts'
import type { ListHost, ListParts } from './list-actions.ts'
import { moreMenu } from './more-menu.ts'
import { rowMenu } from './row-menu.ts'

/** Opens the menu of a run at its button. */
export async function openRowMenu(
  host: ListHost,
  { may, place, copied }: ListParts,
  act: (action: RunAction, id: string) => void,
  task: TaskJson,
  button: HTMLElement,
): Promise<void> {
  const id = task.task_id
  const items = rowMenu(task, {
    may,
    act: (action) => act(action, id),
    open: () => place.openRun(id, { tab: '' }),
    openPage: () => place.openPage(id),
    copy: () => void copied.copy(id, button),
  })
  await openMenu(host, button, items)
}

/** Opens the menu of the whole list at its button. */
export async function openMoreMenu(
  host: ListHost,
  { may, panels, order, ...parts }: ListParts,
  help: () => void,
  button: HTMLElement,
): Promise<void> {
  const store = parts.store()
  if (!store) return
  const items = moreMenu({
    store,
    filter: host.filter,
    sort: order.sort,
    openColumns: () => void panels.open('columns', null),
    help,
    clearHistory: may('delete') ? () => void clearHistory(host, store) : null,
  })
  await openMenu(host, button, items)
}
