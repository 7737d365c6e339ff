import { css, html } from 'lit'
import { TaskflowAuthRequiredEvent, TaskflowConnectionEvent } from '../events.ts'
import { StoreElement } from './store-element.ts'

/**
 * Says once, for all elements inside, where the handler is, how to reach it and how times are
 * written. Shows nothing itself.
 *
 * @fires taskflow-connection - the connection changed its state
 * @fires taskflow-auth-required - the session ended
 * @slot - the elements
 */
export class TaskflowProviderElement extends StoreElement {
  static override styles = css`
    :host {
      display: contents;
    }
  `

  #last = ''

  protected override render() {
    return html`<slot></slot>`
  }

  protected override updated(): void {
    const { store } = this
    if (!store) return
    const key = `${store.connectionState} ${store.paused}`
    if (key === this.#last) return
    const [before] = this.#last.split(' ')
    this.#last = key
    this.dispatchEvent(new TaskflowConnectionEvent(store.connectionState, store.paused))
    if (store.connection.state !== 'unauthorised' || before === 'unauthorised') return
    this.dispatchEvent(new TaskflowAuthRequiredEvent(this.loginUrl()))
  }
}
