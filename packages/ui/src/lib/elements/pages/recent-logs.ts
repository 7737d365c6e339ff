import type { LogLevel, TaskLogEntryJson } from '@taskflow/core/client'
import { css, html, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { shortId } from '../../format/number.ts'
import { formatAbsolute, formatClock } from '../../format/time.ts'
import { visibleText } from '../../format/visible-text.ts'
import { t } from '../../messages/messages.ts'
import { choice, searchField, taskChoice } from '../../parts/controls.ts'
import { icon } from '../../parts/icons.ts'
import { emptyState } from '../../parts/notices.ts'
import { contentState, noneFits, staleNotice } from '../../parts/page-states.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import { timeRanges } from '../../store/filter.ts'
import { PagedResource } from '../../store/paged-resource.ts'
import { runRoute } from '../../url/route.ts'
import { PageElement } from './page-element.ts'

const FILTERS = ['search', 'task', 'run', 'level', 'since'] as const
const NO_FILTERS = Object.fromEntries(FILTERS.map((name) => [name, '']))
const LIMITS = ['100', '200', '500', '1000']
const TYPING_MS = 300

/**
 * Log lines of all runs, newest first.
 *
 * @fires taskflow-navigate - a link was followed; cancelable
 */
export class TaskflowRecentLogsElement extends PageElement {
  static override styles = [
    ...PageElement.styles,
    css`
      .lines {
        margin: 0;
        padding: 4px 0;
        background: var(--_sunken);
        font: 12px / 18px var(--_font-mono);
        list-style: none;
      }
      .lines li {
        display: grid;
        grid-template-columns: 72px 48px minmax(0, 220px) minmax(0, 1fr);
        gap: 12px;
        padding: 1px 12px;
      }
      .lines li:hover {
        background: var(--_hover);
      }
      .lines li[data-status] {
        box-shadow: inset 2px 0 var(--_solid);
      }
      .lines a {
        display: flex;
        gap: 1ch;
        color: var(--_muted);
      }
      .level {
        color: var(--_fg, var(--_muted));
      }
      .text {
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      mark {
        background: light-dark(#ffe08a, #5c4708);
        color: inherit;
      }
      .run-field {
        inline-size: 150px;
      }
      @container (max-width: 699px) {
        .lines li {
          grid-template-columns: 64px 44px minmax(0, 1fr);
          row-gap: 0;
          padding-block: 3px;
        }
        .lines .text {
          grid-column: 1 / -1;
        }
      }
    `,
  ]
  protected readonly page = 'logs'
  #lines: PagedResource<TaskLogEntryJson> | undefined
  #asked = ''
  #timer: ReturnType<typeof setTimeout> | undefined

  protected override open(store: DashboardStore) {
    this.#asked = JSON.stringify(this.params)
    const lines = new PagedResource<TaskLogEntryJson>(store, (cursor, signal) =>
      this.#read(store, cursor, signal),
    )
    this.#lines = lines
    return [
      lines.subscribe(() => this.requestUpdate()),
      lines.open(),
      () => clearTimeout(this.#timer),
    ]
  }

  protected override updated(): void {
    const asked = JSON.stringify(this.params)
    if (asked === this.#asked) return
    this.#asked = asked
    // Not at every letter.
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#lines?.load(), TYPING_MS)
  }

  /** One run has a log of its own, in order; it is turned around to match. */
  async #read(store: DashboardStore, cursor: string | null, signal: AbortSignal) {
    const [search, task, run, level, since] = FILTERS.map((name) => this.param(name).trim())
    const query = {
      limit: Number(this.param('limit') || LIMITS[0]),
      ...(search && { search }),
      // The server says so where an address names no level.
      ...(level && { level: level as LogLevel }),
      // Errors stand on stderr, where what attempts threw is, too.
      ...(level === 'error' && { stream: 'stderr' as const }),
      ...(cursor !== null && { cursor }),
    }
    if (run) {
      const [{ entries, next }, { func_name }] = await Promise.all([
        store.client.logs(run, query, { signal }),
        store.client.get(run, { signal }),
      ])
      return {
        entries: entries.map((entry) => ({ ...entry, task_id: run, func_name })),
        next,
      }
    }
    return store.client.recentLogs(
      { ...query, ...(task && { func_name: [task] }), ...(since && { since }) },
      { signal },
    )
  }

  protected override render() {
    const [store, lines] = [this.store, this.#lines]
    if (!store || !lines) return nothing
    return html`
      ${this.#head(store, lines)} ${staleNotice(lines, store.freshAt)}
      <div class="card" part="card">
        ${contentState(lines, t('Logs')) ?? this.#content(lines.value ?? [], lines.next)}
        ${
          lines.next
            ? html`<div class="more">
                <button class="button" type="button" ?disabled=${lines.loading} @click=${() => void lines.more()}>
                  ${lines.loading ? t('Reading…') : this.param('run') ? t('Show more') : t('Show older')}
                </button>
              </div>`
            : nothing
        }
      </div>
    `
  }

  #head(store: DashboardStore, lines: PagedResource<TaskLogEntryJson>) {
    return html`<div class="head">
      <h1>${t('Logs')}</h1>
      <span class="sub">${this.param('run') ? t('of one run, oldest first') : t('of all runs, newest first')}</span>
      <span class="tools" part="toolbar"
        >${searchField({ label: t('Search the text'), value: this.param('search'), input: (search) => this.setParams({ search }) })}
        ${taskChoice({
          functions: store.functions,
          value: this.param('task'),
          select: (task) => this.setParams({ task, run: '' }),
        })}
        <input
          class="field mono run-field"
          aria-label=${t('Id of a run')}
          placeholder=${t('Id of a run')}
          spellcheck="false"
          .value=${this.param('run')}
          @change=${(event: Event) => this.setParams({ run: (event.target as HTMLInputElement).value.trim(), task: '' })}
        />
        ${choice({
          label: t('Level'),
          value: this.param('level'),
          items: [
            { value: '', label: t('All levels') },
            { value: 'info', label: t('Info and above') },
            { value: 'warn', label: t('Warnings and errors') },
            { value: 'error', label: t('Errors') },
          ],
          select: (level) => this.setParams({ level }),
        })}
        ${
          this.param('run')
            ? nothing
            : choice({
                label: t('Time'),
                value: this.param('since'),
                items: timeRanges(),
                select: (since) => this.setParams({ since }),
              })
        }
        ${choice({
          label: t('Lines per page'),
          value: this.param('limit') || '100',
          items: LIMITS.map((value) => ({
            value,
            label: t('{count} line|{count} lines', { count: Number(value) }),
          })),
          select: (limit) => this.setParams({ limit: limit === '100' ? '' : limit }),
        })}
        <button class="button" type="button" ?disabled=${lines.loading} @click=${() => void lines.load()}>
          ${icon('cycle')} ${t('Read again')}
        </button></span
      >
    </div>`
  }

  #content(entries: readonly TaskLogEntryJson[], next: string | null) {
    if (entries.length === 0) {
      if (FILTERS.some((name) => this.param(name) !== '')) {
        return noneFits(
          next ? t('No match so far') : t('No line matches'),
          () => this.setParams(NO_FILTERS),
          next ? t('The newest lines hold none; older ones were not looked at yet.') : undefined,
        )
      }
      return emptyState({
        icon: 'inbox',
        title: t('No log lines yet'),
        text: t('What tasks log shows up here.'),
      })
    }
    return html`<ol class="lines">
      ${repeat(
        entries,
        ({ task_id, n }) => `${task_id} ${n}`,
        (entry) => this.#line(entry),
      )}
    </ol>`
  }

  #line({ at, level, func_name, task_id, text }: TaskLogEntryJson) {
    const ms = Date.parse(at)
    const colour = level === 'error' ? 'failed' : level === 'warn' ? 'retrying' : nothing
    return html`<li data-status=${colour}>
      <time class="muted" title=${formatAbsolute(ms)}>${formatClock(ms)}</time>
      <span class="level">${level}</span>
      <span class="of" title=${visibleText(func_name)}
        >${this.link(
          { ...runRoute(task_id), tab: 'logs' },
          html`<span class="truncate">${visibleText(func_name)}</span> ${shortId(task_id)}`,
        )}</span
      >
      <span class="text">${marked(visibleText(text), this.param('search').trim())}</span>
    </li>`
  }
}

/** The text, with what was searched for marked. */
function marked(text: string, search: string) {
  if (search === '') return text
  const parts: unknown[] = []
  const [low, wanted] = [text.toLowerCase(), search.toLowerCase()]
  // Some letters change their length with their case: then nothing is marked.
  if (low.length !== text.length) return text
  let from = 0
  for (let at = low.indexOf(wanted); at >= 0; at = low.indexOf(wanted, from)) {
    parts.push(text.slice(from, at), html`<mark>${text.slice(at, at + wanted.length)}</mark>`)
    from = at + wanted.length
  }
  parts.push(text.slice(from))
  return parts
}
