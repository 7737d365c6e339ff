import type { LitElement, ReactiveController } from 'lit'
import type { PageName } from '../../url/route.ts'
import type { TaskflowRunElement } from '../run.ts'
import type { TaskflowRunsElement } from '../runs/runs.ts'
import { isTyping } from '../typing.ts'
import { PAGE_KEYS } from './page-keys.ts'

/** What keys may do, wherever in the dashboard somebody is. */
interface KeyActions {
  /** While the focus is inside, also while it is nowhere, or never. */
  when: () => 'focus' | 'global' | 'off'
  goTo: (page: PageName) => void
  openPalette: () => void
  togglePause: () => void
  toggleTheme: () => void
  help: () => void
}

/** Keys of the dashboard; those it does not know are passed on to the page. */
export class DashboardKeys implements ReactiveController {
  readonly #host: LitElement
  readonly #actions: KeyActions
  /** The first key of two: `g` leads to a page by the next one. */
  #goes = false

  constructor(host: LitElement, actions: KeyActions) {
    this.#host = host
    this.#actions = actions
    host.addController(this)
    host.addEventListener('keydown', this.#keepLetters, { capture: true })
    host.addEventListener('keydown', this.#onKey)
  }

  hostConnected(): void {
    document.addEventListener('keydown', this.#onDocumentKey)
  }

  hostDisconnected(): void {
    document.removeEventListener('keydown', this.#onDocumentKey)
  }

  #onKey = (event: KeyboardEvent) => {
    const actions = this.#actions
    if (event.defaultPrevented || event.altKey || actions.when() === 'off') return
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() !== 'k') return
      event.preventDefault()
      actions.openPalette()
      return
    }
    if (isTyping(event)) return
    if (this.#goes) {
      this.#goes = false
      const page = PAGE_KEYS[event.key]
      if (page) actions.goTo(page)
    } else if (event.key === 'g') this.#goes = true
    else if (event.key === 'p') actions.togglePause()
    else if (event.key === 't') actions.toggleTheme()
    else {
      this.#host.renderRoot
        .querySelector<TaskflowRunsElement | TaskflowRunElement>('taskflow-runs, taskflow-run')
        ?.handleKey(event)
      if (!event.defaultPrevented) this.#onPageKey(event)
    }
  }

  /** Keys of every page that has no list of runs. */
  #onPageKey(event: KeyboardEvent): void {
    const page = this.#host.renderRoot.querySelector('.page > *')
    const search = page?.shadowRoot?.querySelector<HTMLElement>('[data-search]')
    if (event.key === '?') this.#actions.help()
    else if (event.key === '/' && search) search.focus()
    else return
    event.preventDefault()
  }

  /** The stand-alone page belongs to the dashboard: its keys act without focus inside, too. */
  #onDocumentKey = (event: KeyboardEvent) => {
    if (this.#actions.when() === 'global' && event.target === document.body) this.#onKey(event)
  }

  /** Without shortcuts, letters mean something only where one types. */
  #keepLetters = (event: KeyboardEvent) => {
    if (this.#actions.when() !== 'off' || event.key.length > 1 || event.key === ' ') return
    if (!isTyping(event)) event.stopPropagation()
  }
}
