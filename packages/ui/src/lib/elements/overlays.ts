import { html, render } from 'lit'
import { needElement } from '../lazy.ts'
import { speakAs } from '../messages/language.ts'
import { t } from '../messages/messages.ts'
import type { TaskflowDialogsElement } from './dialogs/dialogs.ts'
import type { MenuItem, TaskflowMenuElement } from './menu.ts'

type Host = HTMLElement & { renderRoot: ParentNode }

/**
 * Code that an element asked for, with the element's language for what it says next. When the code
 * cannot be fetched the element says so, above what it shows, and there is nothing.
 */
export async function codeFor<Code>(host: Host, load: Promise<Code>): Promise<Code | undefined> {
  try {
    const code = await load
    host.renderRoot.querySelector('[data-lost]')?.remove()
    return code
  } catch {
    sayLost(host)
    return undefined
  } finally {
    speakAs(host)
  }
}

/** The dialogs of an element, their code fetched when it is the first time. */
export function dialogsOf(host: Host): Promise<TaskflowDialogsElement | undefined> {
  return inside<TaskflowDialogsElement>(host, 'taskflow-dialogs')
}

/** Opens the menu of an element at a button, its code fetched when it is the first time. */
export async function openMenu(
  host: Host,
  button: HTMLElement,
  items: readonly MenuItem[],
): Promise<void> {
  const menu = await inside<TaskflowMenuElement>(host, 'taskflow-menu')
  await menu?.openAt(button, items)
}

async function inside<Inner extends Element>(host: Host, name: string): Promise<Inner | undefined> {
  const load = needElement(name).then(() => host.renderRoot.querySelector<Inner>(name))
  return (await codeFor(host, load)) ?? undefined
}

/** Says above what an element shows that some of it is not there. */
export function sayLost(host: Host): void {
  if (host.renderRoot.querySelector('[data-lost]')) return
  speakAs(host)
  const notice = new DocumentFragment()
  render(
    html`<p class="banner failed" role="alert" data-lost>
      ${t('This part could not be loaded.')}
      <button class="link" type="button" @click=${() => location.reload()}>${t('Reload')}</button>
    </p>`,
    notice,
  )
  host.renderRoot.prepend(notice)
}
