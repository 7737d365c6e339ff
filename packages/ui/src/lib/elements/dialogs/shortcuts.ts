import { html, nothing } from 'lit'
import { type PlainKey, t } from '../../messages/messages.ts'
import type { PageKey } from '../dashboard/page-keys.ts'
import type { DialogForm } from './dialogs.ts'

/** Alternatives are apart by ` / `. */
type Keys = readonly [keys: string, what: string]

const RUNS = [
  ['j / k', 'Next, previous run'],
  ['Enter', 'Open the run'],
  ['o', 'Open it as a page'],
  ['x / Space', 'Select'],
  ['Shift ↑ ↓', 'Select on'],
  ['r', 'Retry'],
  ['c', 'Cancel'],
  ['y', 'Copy the id'],
  ['m', 'Actions of the run'],
  ['/', 'Filter'],
  ['.', 'Read again'],
] as const satisfies readonly [string, PlainKey][]

const RUN = [
  ['[ / ]', 'Previous, next tab'],
  ['f', 'Follow the log'],
  ['n / Shift N', 'Next, previous match of the log'],
  ['+ / − / 0', 'Zoom the graph, show all'],
] as const satisfies readonly [string, PlainKey][]

const DASHBOARD = [
  ['Ctrl K / ⌘ K', 'Go anywhere'],
  ['p', 'Pause or resume live updates'],
  ['t', 'Light or dark'],
] as const satisfies readonly [string, PlainKey][]

const ALWAYS = [
  ['?', 'These keys'],
  ['Esc', 'Close, then clear the selection'],
] as const satisfies readonly [string, PlainKey][]

/** The list of keys; those of a dashboard only with the pages that it offers. */
export function shortcutsHelp(pages: readonly PageKey[] | undefined): DialogForm {
  let done: (result: unknown) => void = () => {}
  return {
    title: t('Keys'),
    wide: true,
    start(_update, close) {
      done = close
    },
    render: () => html`<div class="keys">
        ${group(t('Runs'), translated(RUNS))}
        ${
          pages
            ? group(
                t('Pages'),
                pages.map(({ keys, label }) => [keys, label]),
              )
            : nothing
        }
        ${group(t('Run'), translated(RUN))}
        ${group(t('Everywhere'), translated([...(pages ? DASHBOARD : []), ...ALWAYS]))}
      </div>
      <div class="dialog-actions">
        <button class="button" type="button" autofocus @click=${() => done(null)}>${t('Close')}</button>
      </div>`,
  }
}

function translated(keys: readonly (readonly [string, PlainKey])[]): Keys[] {
  return keys.map(([key, what]) => [key, t(what)])
}

function group(title: string, keys: readonly Keys[]) {
  return html`<section>
    <h3>${title}</h3>
    <dl>
      ${keys.map(
        ([all, what]) => html`<div>
          <dt>${all.split(' / ').map((one) => html`<kbd class="kbd">${one}</kbd> `)}</dt>
          <dd>${what}</dd>
        </div>`,
      )}
    </dl>
  </section>`
}
