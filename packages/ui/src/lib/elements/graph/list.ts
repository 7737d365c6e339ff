import { html, nothing, type TemplateResult } from 'lit'
import { t } from '../../messages/messages.ts'
import { statusText } from '../../parts/status.ts'
import type { Route } from '../../url/route.ts'
import type { GraphModel } from './model.ts'

/** The graph as a table: each box with what it depends on and what follows. */
export function graphList(
  { nodes, edges }: GraphModel,
  options: {
    /** What a box is. */
    label: string
    link: (route: Route, text: string, classes?: string) => TemplateResult
  },
): TemplateResult {
  const { label, link } = options
  const known = new Map(nodes.map((node) => [node.id, node]))
  const links = (ids: readonly string[]) =>
    html`<span class="pills"
      >${ids.map((id) => {
        const node = known.get(id)
        return node ? link(node.route, node.title, 'chip-text') : nothing
      })}</span
    >`
  return html`<table>
    <thead>
      <tr>
        <th scope="col">${label}</th>
        <th scope="col" class="fit">${t('State')}</th>
        <th scope="col">${t('Depends on')}</th>
        <th scope="col">${t('Followed by')}</th>
      </tr>
    </thead>
    <tbody>
      ${nodes.map(
        (node) => html`<tr part="row" class="row">
          <th scope="row" class="first">${link(node.route, node.title)}</th>
          <td class="fit">${statusText(node.status)} <span class="muted">${node.text}</span></td>
          <td>${links(edges.filter(({ to }) => to === node.id).map(({ from }) => from))}</td>
          <td>${links(edges.filter(({ from }) => from === node.id).map(({ to }) => to))}</td>
        </tr>`,
      )}
    </tbody>
  </table>`
}
