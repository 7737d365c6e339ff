import { needElement } from '../lazy.ts'
import type { TaskflowDialogsElement } from './dialogs/dialogs.ts'
import type { MenuItem, TaskflowMenuElement } from './menu.ts'

/** The dialogs of an element, their code fetched when it is the first time. */
export async function dialogsOf(host: { renderRoot: ParentNode }): Promise<TaskflowDialogsElement> {
  await needElement('taskflow-dialogs')
  const dialogs = host.renderRoot.querySelector<TaskflowDialogsElement>('taskflow-dialogs')
  if (!dialogs) throw new Error('expected <taskflow-dialogs> in the element')
  return dialogs
}

/** Opens the menu of an element at a button, its code fetched when it is the first time. */
export async function openMenu(
  host: { renderRoot: ParentNode },
  button: HTMLElement,
  items: readonly MenuItem[],
): Promise<void> {
  await needElement('taskflow-menu')
  await host.renderRoot.querySelector<TaskflowMenuElement>('taskflow-menu')?.openAt(button, items)
}
