import { html } from 'lit'
import { type MessageKey, t } from '../../messages/messages.ts'
import type { DialogForm } from './dialogs.ts'

const KEYS = [
  ['j / k', 'next, previous run'],
  ['Enter', 'open the run'],
  ['o', 'open it as a page'],
  ['x / Space', 'select'],
  ['Shift ↑ ↓', 'select on'],
  ['r', 'retry'],
  ['c', 'cancel'],
  ['y', 'copy the id'],
  ['m', 'actions of the run'],
  ['/', 'filter'],
  ['[ / ]', 'previous, next tab'],
  ['p', 'pause or resume live updates'],
  ['.', 'read again'],
  ['t', 'light or dark'],
  ['Ctrl K / ⌘ K', 'go anywhere'],
  ['g, then o r t g s d l a i e', 'overview, runs, tasks and so on'],
  ['f', 'follow the log'],
  ['n / Shift N', 'next, previous match of the log'],
  ['+ − 0', 'zoom the graph, show all'],
  ['?', 'these keys'],
  ['Esc', 'close, then clear the selection'],
] as const satisfies readonly [string, MessageKey][]

/** The list of keys. */
export function shortcutsHelp(): DialogForm {
  let done: (result: unknown) => void = () => {}
  return {
    title: t('Keys'),
    wide: false,
    start(_update, close) {
      done = close
    },
    render: () => html`<dl class="keys">
        ${KEYS.map(
          ([keys, what]) => html`<dt><kbd class="kbd">${keys}</kbd></dt>
            <dd>${t(what)}</dd>`,
        )}
      </dl>
      <div class="dialog-actions">
        <button class="button" type="button" autofocus @click=${() => done(null)}>${t('Close')}</button>
      </div>`,
  }
}
