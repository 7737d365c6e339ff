import type { Right } from '@taskflow/core/client'
import { html, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit'
import { announceFailure } from '../../action-failure.ts'
import {
  type ActionSummary,
  type PageActionName,
  TaskflowActionDoneEvent,
  TaskflowActionEvent,
} from '../../events.ts'
import { visibleText } from '../../format/visible-text.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import { Resource } from '../../store/resource.ts'
import { controls } from '../../styles/controls.ts'
import { notices } from '../../styles/notices.ts'
import { statusStyles } from '../../styles/status-css.ts'
import { hostReset, tokens } from '../../styles/tokens.ts'
import { type PageName, pageRoute, type Route } from '../../url/route.ts'
import { endAll } from '../end-all.ts'
import { StoreElement } from '../store-element.ts'
import { pageStyles } from './page.styles.ts'
import { pageTableStyles } from './page-table.styles.ts'

/** A page of the dashboard other than the runs; each works alone, too. */
export abstract class PageElement extends StoreElement {
  static override styles = [
    tokens,
    hostReset,
    controls,
    statusStyles,
    notices,
    pageTableStyles,
    pageStyles,
  ]
  static override properties: PropertyDeclarations = {
    readonly: { type: Boolean },
    item: { type: String },
    params: { attribute: false },
    filter: { type: String },
    limit: { type: Number },
    busy: { state: true },
  }

  /** Leaves all actions out. */
  declare readonly: boolean
  /** What is open: a task by name, a schedule or a run by id. [nothing] */
  declare item: string
  /** What the page is narrowed to, by name. */
  declare params: Readonly<Record<string, string>>
  /** Narrows the page as its address does, e.g. `state=paused&search=nightly`. [nothing] */
  declare filter: string
  /** How many entries are shown at most. [all that were read] */
  declare limit: number | null
  /** Actions that are under way, as `name id`. */
  declare busy: ReadonlySet<string>

  constructor() {
    super()
    this.readonly = false
    this.item = ''
    this.params = {}
    this.filter = ''
    this.limit = null
    this.busy = new Set()
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed)
    if (changed.has('filter') && this.filter) {
      this.params = Object.fromEntries(new URLSearchParams(this.filter))
    }
  }

  /** The first entries, as many as `limit` says. */
  protected limited<Entry>(entries: readonly Entry[]): readonly Entry[] {
    return this.limit ? entries.slice(0, this.limit) : entries
  }

  /** What is said when there is nothing, for which the host may have words of its own. */
  protected emptySlot(content: unknown): TemplateResult {
    return html`<slot name="empty">${content}</slot>`
  }

  /** Which page it is. */
  protected abstract readonly page: Exclude<PageName, 'runs'>

  protected override storeConnected(store: DashboardStore): () => void {
    const ends = [super.storeConnected(store), ...this.open(store)]
    return endAll(ends)
  }

  /** Starts to read what the page shows; returns how to end each. */
  protected open(_store: DashboardStore): (() => void)[] {
    return []
  }

  /** Reads something, and draws the page when it changes. */
  protected follow<Value>(
    store: DashboardStore,
    read: (signal: AbortSignal) => Promise<Value>,
    everyMs?: number,
    schedules?: boolean,
  ): { resource: Resource<Value>; ends: (() => void)[] } {
    const resource = new Resource(store, read, everyMs, schedules)
    const ends = [resource.subscribe(() => this.requestUpdate()), resource.open()]
    return { resource, ends }
  }

  /** Whether an action is offered. */
  protected may(right: Right): boolean {
    return !this.readonly && (this.store?.may(right) ?? false)
  }

  protected param(name: string): string {
    return this.params[name] ?? ''
  }

  /** Narrows the page; alone on a page of the host, it remembers by itself. */
  protected setParams(change: Record<string, string>): void {
    const kept = Object.entries({ ...this.params, ...change }).filter(([, value]) => value !== '')
    this.params = Object.fromEntries(kept)
    this.navigate(pageRoute(this.page, this.item, this.params))
  }

  /** The attributes of a link. */
  protected to(route: Route): { href: string; click: (event: MouseEvent) => void } {
    return { href: this.href(route), click: this.go(route) }
  }

  protected link(route: Route, content: unknown, classes = ''): TemplateResult {
    const { href, click } = this.to(route)
    return html`<a class=${classes} href=${href} @click=${click}>${content}</a>`
  }

  /** A link by a name of any length, whole in its tooltip. */
  protected named(route: Route, name: string): TemplateResult {
    const { href, click } = this.to(route)
    const text = visibleText(name)
    return html`<a class="named" href=${href} title=${text} @click=${click}>${text}</a>`
  }

  protected isBusy(action: PageActionName, id = ''): boolean {
    return this.busy.has(`${action} ${id}`)
  }

  /** Announces an action, carries it out, and says how it went. Null when it did not go through. */
  protected async act<Result extends object>(
    action: PageActionName,
    ids: string[],
    send: (store: DashboardStore) => Promise<Result>,
    summary: (result: Result) => ActionSummary,
  ): Promise<Result | null> {
    const { store } = this
    const key = `${action} ${ids[0] ?? ''}`
    if (!store || this.busy.has(key)) return null
    if (!this.dispatchEvent(new TaskflowActionEvent(action, ids))) return null
    this.busy = new Set([...this.busy, key])
    try {
      const result = await send(store)
      this.speak()
      this.dispatchEvent(new TaskflowActionDoneEvent(action, ids, result, summary(result)))
      return result
    } catch (cause) {
      announceFailure(this, store, action, [], cause)
      return null
    } finally {
      this.busy = new Set([...this.busy].filter((one) => one !== key))
    }
  }
}
