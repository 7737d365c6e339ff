import { html, nothing, type TemplateResult } from 'lit'
import { shortId } from '../../format/number.ts'
import { t } from '../../messages/messages.ts'
import { segments } from '../../parts/controls.ts'
import { crumbs } from '../../parts/crumbs.ts'
import { statusIcon } from '../../parts/icons.ts'
import { pageRoute, type Route, runRoute } from '../../url/route.ts'
import type { GraphModel } from './model.ts'

/** What is shown, how much of it and where it is stuck, and the choice between graph and list. */
export function graphHead(options: {
  /** Null until it was read. */
  model: GraphModel | null
  /** The run whose dependencies these are; empty for those between tasks. */
  runId: string
  view: string
  setView: (view: string) => void
  link: (route: Route, text: string) => TemplateResult
}): TemplateResult {
  const { model, runId, view, setView, link } = options
  const stuck = new Set(
    model?.edges.filter(({ state }) => state === 'failed').map(({ from }) => from),
  )
  return html`<div class="head">
    ${
      runId
        ? html`${crumbs([
            link(pageRoute('graph'), t('Graph')),
            link(runRoute(runId), t('Run {id}', { id: shortId(runId) })),
          ])}
          <h1>${t('Dependencies')}</h1>`
        : html`<h1>${t('Graph')}</h1>`
    }
    ${model ? html`<span class="sub">${runId ? t('{count} run|{count} runs', { count: model.nodes.length }) : t('{count} task|{count} tasks', { count: model.nodes.length })}, ${t('{count} dependency|{count} dependencies', { count: model.edges.length })}</span>` : nothing}
    ${
      stuck.size > 0 && model
        ? html`<span class="status" data-status="failed"
            >${statusIcon('failed')}<span>${t('{count} bottleneck: {names}|{count} bottlenecks: {names}', { count: stuck.size, names: titles(model, stuck) })}</span></span
          >`
        : nothing
    }
    ${model?.truncated ? html`<span class="sub">${t('There is more than is shown.')}</span>` : nothing}
    <span class="tools" part="toolbar"
      >${segments({
        label: t('View'),
        value: view,
        items: [
          { value: 'graph', label: t('Graph') },
          { value: 'list', label: t('List') },
        ],
        select: setView,
      })}</span
    >
  </div>`
}

function titles(model: GraphModel, ids: ReadonlySet<string>): string {
  const titles = model.nodes.filter(({ id }) => ids.has(id)).map(({ title }) => title)
  const names = titles.slice(0, 2).join(', ')
  return titles.length > 2
    ? t('{names} and {count} more', { names, count: titles.length - 2 })
    : names
}
