import type { LitElement } from 'lit'
import { needElement } from '../../lazy.ts'
import { t } from '../../messages/messages.ts'
import type { Route } from '../../url/route.ts'
import type { TaskflowToastsElement, Toast } from '../toasts.ts'

/** Says in the corner of an element how the actions inside of it went. */
export function announceActions(
  host: LitElement,
  link: (route: Route) => { href: string; click: (event: MouseEvent) => void },
): void {
  const show = (toast: Toast) => {
    const toasts = host.renderRoot.querySelector<TaskflowToastsElement>('taskflow-toasts')
    // Without its code there is no telling: the page shows the new state, though.
    needElement('taskflow-toasts').then(
      () => toasts?.show(toast),
      () => {},
    )
  }
  host.addEventListener('taskflow-action-done', ({ detail: { summary } }) => {
    const { title, text, route } = summary
    show({
      kind: 'success',
      title,
      ...(text && { text }),
      ...(route && { link: { label: t('Show'), ...link(route) } }),
    })
  })
  host.addEventListener('taskflow-action-error', ({ detail: { summary } }) => {
    const { title, text = '' } = summary
    show({ kind: 'failed', title, text })
  })
}
