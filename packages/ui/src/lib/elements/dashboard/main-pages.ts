import { html, nothing, type TemplateResult } from 'lit'
import type { TaskflowTabEvent } from '../../events.ts'
import { t } from '../../messages/messages.ts'
import { emptyState } from '../../parts/notices.ts'
import type { Route } from '../../url/route.ts'

/** What every page takes over from the dashboard. */
export interface PageContext {
  base: string
  credentials: RequestCredentials | null
  readonly: boolean
  linkFor: (route: Route) => string
}

/** Numbers, charts and what happened last. */
export function overviewPage({ base, credentials, linkFor }: PageContext): TemplateResult {
  return html`<taskflow-overview
    .base=${base}
    .credentials=${credentials}
    .linkFor=${linkFor}
    exportparts="card, label, value, delta, sparkline"
    ><slot name="overview-end" slot="overview-end"></slot
  ></taskflow-overview>`
}

/** The list; `hasEmpty`: the host says itself what stands there before the first run. */
export function runsPage(
  route: Route,
  { base, credentials, readonly, linkFor }: PageContext,
  hasEmpty: boolean,
): TemplateResult {
  return html`<h1 class="visually-hidden">${t('Runs')}</h1>
    <taskflow-runs
    .base=${base}
    .credentials=${credentials}
    .linkFor=${linkFor}
    .filter=${route.filter}
    .sort=${route.sort}
    .runId=${route.runId}
    .tab=${route.tab}
    .at=${route.at ?? 1}
    .readonly=${readonly}
    exportparts="toolbar, query, chip, table, row, cell, pager, drawer"
    >${hasEmpty ? html`<slot name="empty" slot="empty"></slot>` : nothing}<slot
      name="run-detail-end"
      slot="run-detail-end"
    ></slot
  ></taskflow-runs>`
}

/** One run alone. What it links to is beside no list either. */
export function runPage(
  route: Route & { runId: string },
  { base, credentials, readonly, linkFor }: PageContext,
  go: (route: Route) => void,
): TemplateResult {
  const back = { ...route, runId: null, tab: '', full: false }
  return html`<h1 class="visually-hidden">${t('Run')}</h1><taskflow-run
    mode="page"
    .base=${base}
    .credentials=${credentials}
    .linkFor=${linkFor}
    .runId=${route.runId}
    .tab=${route.tab || 'overview'}
    .readonly=${readonly}
    .back=${back}
    @taskflow-tab=${(event: TaskflowTabEvent) => {
      event.stopPropagation()
      const { tab } = event.detail
      go({ ...route, tab: tab === 'overview' ? '' : tab })
    }}
    @taskflow-close=${(event: Event) => {
      event.stopPropagation()
      go(back)
    }}
    ><slot name="run-detail-end" slot="tab-end"></slot
  ></taskflow-run>`
}

/** The address is none of the dashboard's, or the page is not offered. */
export function missingPage(home: {
  href: string
  click: (event: MouseEvent) => void
}): TemplateResult {
  return html`<h1 class="visually-hidden">${t('Page not found')}</h1>
  ${emptyState({
    icon: 'search',
    title: t('There is no such page'),
    text: t('The address may have been cut off, or the page may have another name by now.'),
    more: html`<a class="button" href=${home.href} @click=${home.click}>
      ${t('Go to the overview')}
    </a>`,
  })}`
}
