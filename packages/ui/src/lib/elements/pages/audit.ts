import type { AuditEntryJson, AuditPage } from '@taskflow/core/client'
import { html, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { actionText, detailText } from '../../format/audit.ts'
import { shortId } from '../../format/number.ts'
import { formatAbsolute, formatRelative } from '../../format/time.ts'
import { visibleText } from '../../format/visible-text.ts'
import { rich, t } from '../../messages/messages.ts'
import { choice } from '../../parts/controls.ts'
import { icon } from '../../parts/icons.ts'
import { emptyState } from '../../parts/notices.ts'
import { contentState, noneFits, staleNotice } from '../../parts/page-states.ts'
import { orMissing } from '../../parts/status.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import { timeRanges } from '../../store/filter.ts'
import { PagedResource } from '../../store/paged-resource.ts'
import { pageRoute, runRoute } from '../../url/route.ts'
import { Ticker } from '../ticker.ts'
import { PageElement } from './page-element.ts'

const ACTIONS = ['retry', 'cancel', 'run', 'pause', 'resume', 'delete_history', 'login', 'logout']

const NO_FILTERS = { action: '', actor: '', since: '', task: '' }

/**
 * Who did what, newest first.
 *
 * @fires taskflow-navigate - a link was followed; cancelable
 * @slot empty - instead of what is said when there is nothing
 * @csspart table - the table
 * @csspart row - one row
 * @csspart card - the box around it
 * @csspart toolbar - search and filters
 */
export class TaskflowAuditElement extends PageElement {
  protected readonly page = 'audit'
  #entries: PagedResource<AuditEntryJson> | undefined
  #asked = ''

  constructor() {
    super()
    new Ticker(this)
  }

  protected override open(store: DashboardStore) {
    this.#asked = JSON.stringify(this.params)
    const entries = new PagedResource<AuditEntryJson>(
      store,
      (cursor, signal): Promise<AuditPage> => {
        const [action, actor, task, since] = ['action', 'actor', 'task', 'since'].map((name) =>
          this.param(name),
        )
        return store.client.audit(
          {
            limit: this.limit ?? 100,
            ...(action && { action: [action] }),
            ...(actor && { actor }),
            ...(task && { task_id: task }),
            ...(since && { since }),
            ...(cursor !== null && { cursor }),
          },
          { signal },
        )
      },
    )
    this.#entries = entries
    return [entries.subscribe(() => this.requestUpdate()), entries.open()]
  }

  protected override updated(): void {
    const asked = JSON.stringify(this.params)
    if (asked === this.#asked) return
    this.#asked = asked
    void this.#entries?.load()
  }

  protected override render() {
    const [store, entries] = [this.store, this.#entries]
    if (!store || !entries) return nothing
    return html`
      ${this.#head(entries.value ?? [])} ${staleNotice(entries, store.freshAt)}
      <div class="card" part="card">
        ${contentState(entries, t('The audit')) ?? this.#content(entries.value ?? [], store)}
        ${
          entries.next
            ? html`<div class="more">
                <button class="button" type="button" ?disabled=${entries.loading} @click=${() => void entries.more()}>
                  ${entries.loading ? t('Reading…') : t('Show older')}
                </button>
              </div>`
            : nothing
        }
      </div>
    `
  }

  #head(entries: readonly AuditEntryJson[]) {
    const unique = (values: readonly string[], chosen: string) =>
      [...new Set([...values, ...(chosen ? [chosen] : [])])].sort()
    const filter = (name: string, all: string, values: readonly string[], label = actionWord) =>
      choice({
        label: all,
        value: this.param(name),
        items: [
          { value: '', label: all },
          ...unique(values, this.param(name)).map((value) => ({ value, label: label(value) })),
        ],
        select: (value) => this.setParams({ [name]: value }),
      })
    return html`<div class="head">
      <h1>${t('Audit')}</h1>
      <span class="sub">${t('who did what')}</span>
      <span class="tools" part="toolbar"
        >${
          this.param('task')
            ? html`<button class="button" type="button" @click=${() => this.setParams({ task: '' })}>
                ${t('Run')} <span class="mono">${shortId(this.param('task'))}</span> ${icon('cross')}
              </button>`
            : nothing
        }
        ${filter('action', t('All actions'), [...ACTIONS, ...entries.map(({ action }) => action)])}
        ${filter(
          'actor',
          t('Everybody'),
          entries.map(({ actor }) => actor),
          visibleText,
        )}
        ${choice({ label: t('Time'), value: this.param('since'), items: timeRanges(), select: (since) => this.setParams({ since }) })}</span
      >
    </div>`
  }

  #content(entries: readonly AuditEntryJson[], store: DashboardStore) {
    if (entries.length === 0) {
      if (Object.values(this.params).some(Boolean)) {
        return noneFits(t('No entry matches'), () => this.setParams(NO_FILTERS))
      }
      return this.emptySlot(
        emptyState({
          icon: 'inbox',
          title: t('Nobody has done anything yet'),
          text: t('Retries, cancels, pauses and what else people do by hand is written down here.'),
        }),
      )
    }
    return html`<table part="table">
      <thead>
        <tr>
          <th scope="col" class="fit">${t('Time')}</th>
          <th scope="col">${t('Who')}</th>
          <th scope="col">${t('Action')}</th>
          <th scope="col">${t('On')}</th>
          <th scope="col" class="p1">${t('Detail')}</th>
        </tr>
      </thead>
      <tbody>
        ${repeat(
          entries,
          ({ entry_id }) => entry_id,
          (entry) => this.#row(entry, store),
        )}
      </tbody>
    </table>`
  }

  #row(entry: AuditEntryJson, store: DashboardStore) {
    const at = Date.parse(entry.timestamp)
    const { text, mark } = actionText(entry)
    const fresh = entry.detail.new_task_id
    return html`<tr part="row" class="row">
      <td class="fit muted"><time title=${formatAbsolute(at)}>${formatRelative(at, store.now())}</time></td>
      <td class="first">${visibleText(entry.actor)}</td>
      <td><span class="status">${icon(mark)}<span>${text}</span></span></td>
      <td>${this.#subject(entry)}</td>
      <td class="p1 muted">
        ${
          typeof fresh === 'string'
            ? rich('new run {id}', { id: this.link(runRoute(fresh), shortId(fresh), 'mono') })
            : orMissing(visibleText(detailText(entry)))
        }
      </td>
    </tr>`
  }

  #subject({ task_id: run, detail }: AuditEntryJson) {
    if (run !== null) return this.link(runRoute(run), shortId(run), 'mono')
    const { func_name: func, schedule_id: schedule } = detail
    if (typeof schedule === 'string') {
      return this.link(pageRoute('schedules', schedule), visibleText(schedule))
    }
    return typeof func === 'string'
      ? this.link(pageRoute('tasks', func), visibleText(func))
      : orMissing(null)
  }
}

function actionWord(action: string): string {
  return actionText({ action, detail: {} }).text
}
