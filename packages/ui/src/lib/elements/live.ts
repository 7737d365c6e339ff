import type { StreamState } from '@taskflow/core/client'
import { css, html, nothing, type PropertyDeclarations } from 'lit'
import { TaskflowConnectionEvent } from '../events.ts'
import { visibleText } from '../format/visible-text.ts'
import { type MessageKey, t } from '../messages/messages.ts'
import { icon } from '../parts/icons.ts'
import { statusStyles } from '../styles/status-css.ts'
import { tokens } from '../styles/tokens.ts'
import { StoreElement } from './store-element.ts'

const LABELS = {
  connecting: 'Connecting',
  live: 'Live',
  polling: 'Polling',
  offline: 'Disconnected',
  error: 'Error',
  unauthorised: 'Signed out',
} as const satisfies Record<StreamState, MessageKey>

const HELP = {
  connecting: 'Connecting to the server.',
  live: 'Changes show up by themselves.',
  polling: 'The live stream does not get through; pages are read again at an interval.',
  offline: 'The connection is lost; trying again.',
  error: 'The server refused the stream; trying again.',
  unauthorised: 'The session has ended.',
} as const satisfies Record<StreamState, MessageKey>

/**
 * Says whether the page is live: Live, Connecting, Polling, Error, Disconnected or Signed out; on
 * hover, what that means and which instance sends the changes.
 *
 * @fires taskflow-connection - the state changed
 * @csspart dot - the dot or icon
 * @csspart label - the word
 */
export class TaskflowLiveElement extends StoreElement {
  static override styles = [
    tokens,
    statusStyles,
    css`
      :host {
        display: inline-flex;
      }
      .live {
        display: inline-flex;
        align-items: center;
        gap: 8px;
        color: var(--_muted);
        white-space: nowrap;
      }
      :host([compact]) [part='label'] {
        position: absolute;
        inline-size: 1px;
        block-size: 1px;
        overflow: hidden;
        clip-path: inset(50%);
      }
      .live[data-state='live'] .dot {
        box-shadow: 0 0 0 3px color-mix(in oklab, var(--_success-solid) 28%, transparent);
      }
      .live[data-state='polling'],
      .live[data-state='connecting'] {
        color: var(--_retrying-fg);
      }
      .live[data-state='error'],
      .live[data-state='offline'] {
        color: var(--_failed-fg);
      }
    `,
  ]

  static override properties: PropertyDeclarations = { compact: { type: Boolean, reflect: true } }

  /** The dot alone; the word is for screen readers, and on hover. */
  declare compact: boolean

  #last = ''

  constructor() {
    super()
    this.compact = false
  }

  protected override render() {
    const { store } = this
    if (!store) return nothing
    const state = store.connectionState
    return html`<span class="live" role="status" data-state=${state} title=${help(state, store.instance)}
      ><span part="dot">${mark(state)}</span><span part="label">${t(LABELS[state])}</span></span
    >`
  }

  protected override updated(): void {
    const { store } = this
    if (!store) return
    const key = `${store.connectionState} ${store.paused}`
    if (key === this.#last) return
    this.#last = key
    this.dispatchEvent(new TaskflowConnectionEvent(store.connectionState, store.paused))
  }
}

function help(state: StreamState, instance: string | null): string {
  const from = state === 'live' && instance
  return t(HELP[state]) + (from ? `\n${t('Instance')}: ${visibleText(instance)}` : '')
}

function mark(state: StreamState) {
  switch (state) {
    case 'live':
      return html`<span class="dot" data-status="success"></span>`
    case 'polling':
      return html`<span class="dot" data-status="retrying"></span>`
    case 'connecting':
      return icon('arc', 'spins')
    case 'unauthorised':
      return icon('lock')
    case 'error':
      return icon('warning')
    case 'offline':
      return icon('offline')
  }
}
