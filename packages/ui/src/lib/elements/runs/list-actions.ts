import type { Right, TaskJson } from '@taskflow/core/client'
import type { LitElement, TemplateResult } from 'lit'
import type { RunAction } from '../../actions.ts'
import { TaskflowSelectionChangeEvent } from '../../events.ts'
import { copyText } from '../../parts/copy.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import type { RunFilter } from '../../store/filter.ts'
import type { RunList } from '../../store/run-list.ts'
import { dialogsOf } from '../overlays.ts'
import type { CopiedId } from './copied-id.ts'
import type { ListOrder } from './list-order.ts'
import type { ListPanels } from './list-panels.ts'
import type { ListPlace } from './list-place.ts'
import { BULK_ACTIONS, type BulkAction, isPossible, Selection } from './selection.ts'

export interface ListHost extends LitElement {
  filter: RunFilter
  selectable: boolean
}

/** What the actions of a list go by. */
export interface ListParts {
  panels: ListPanels
  place: ListPlace
  copied: CopiedId
  store: () => DashboardStore | undefined
  order: ListOrder
  may: (right: Right) => boolean
}

/** What can be done with the runs of a list: with one, and with all that are ticked. */
export class ListActions {
  /** Null while there is nothing that could be done with many runs. */
  selection: Selection | null = null
  readonly #host: ListHost
  readonly #parts: ListParts
  /** A bulk action is being asked for, or done. */
  #busy = false

  constructor(host: ListHost, parts: ListParts) {
    this.#host = host
    this.#parts = parts
  }

  /** Rows can be ticked by who may do something with them, now. */
  update(tasks: readonly TaskJson[]): void {
    const { may } = this.#parts
    if (!this.#host.selectable || !BULK_ACTIONS.some(may)) this.selection = null
    else this.selection ??= new Selection(may, () => this.#selected())
    this.selection?.refresh(tasks)
  }

  /** The bar of what can be done with the ticked runs, once its code is there. */
  bulkBar(list: RunList): TemplateResult | symbol | undefined {
    const { selection } = this
    const { panels, may } = this.#parts
    if (!selection) return undefined
    return panels.extras?.bulkBar({
      selection,
      list,
      busy: this.#busy,
      may,
      act: (action) => void this.#actOnTicked(action),
      copy: (button) => void copyText(selection.ids.join('\n'), button),
    })
  }

  /** By its key: with runs ticked it is about those, else about the row. */
  byKey(action: BulkAction, task: TaskJson | undefined): void {
    const { selection } = this
    if (!selection) return
    if (!selection.isEmpty) return void this.#actOnTicked(action)
    if (task && isPossible(action, task) && this.#parts.may(action)) {
      void this.#act(action, task.task_id)
    }
  }

  readonly openRowMenu = async (task: TaskJson, button: HTMLElement): Promise<void> => {
    const extras = await this.#parts.panels.load()
    await extras?.openRowMenu(this.#host, this.#parts, this.#act, task, button)
  }

  readonly openMoreMenu = async (button: HTMLElement): Promise<void> => {
    const extras = await this.#parts.panels.load()
    await extras?.openMoreMenu(this.#host, this.#parts, this.help, button)
  }

  /** The keys there are. */
  readonly help = async (): Promise<void> => {
    await (await dialogsOf(this.#host))?.shortcuts()
  }

  #act = async (action: RunAction, id: string): Promise<void> => {
    const extras = await this.#parts.panels.load()
    const store = this.#parts.store()
    if (!store || !extras || !this.#parts.may(action)) return
    if (action === 'cancel') {
      const dialogs = await dialogsOf(this.#host)
      if (!dialogs || !(await extras.confirmCancel(dialogs, id))) return
    }
    await extras.performAction(this.#host, store, action, id)
  }

  async #actOnTicked(action: BulkAction): Promise<void> {
    const { selection } = this
    const store = this.#parts.store()
    const host = this.#host
    if (!store || !selection || this.#busy) return
    this.#setBusy(true)
    try {
      const extras = await this.#parts.panels.load()
      await extras?.actOnSelection({ host, store, action, selection, filter: host.filter })
    } finally {
      this.#setBusy(false)
    }
  }

  #setBusy(busy: boolean): void {
    this.#busy = busy
    this.#host.requestUpdate()
  }

  #selected(): void {
    const { ids = [], allMatching = false } = this.selection ?? {}
    this.#host.dispatchEvent(new TaskflowSelectionChangeEvent(ids, allMatching))
    this.#host.requestUpdate()
    // The bar of what can be done to them is among the panels.
    if (ids.length > 0) void this.#parts.panels.load()
  }
}
