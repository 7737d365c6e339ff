import { html, nothing, type TemplateResult } from 'lit'
import { needElement } from '../../lazy.ts'
import { t } from '../../messages/messages.ts'
import { emptyState } from '../../parts/notices.ts'
import type { Route } from '../../url/route.ts'
import type { PageContext } from './main-pages.ts'

/** The pages other than overview and runs: their code is fetched when somebody goes there first. */
export class OtherPages {
  readonly #changed: () => void
  #shown: HTMLElement | undefined
  #failed: string | undefined

  constructor(changed: () => void) {
    this.#changed = changed
  }

  render(route: Route, context: PageContext): unknown {
    const tag = tagOf(route)
    if (!customElements.get(tag)) return this.#wait(tag)
    if (this.#shown?.localName !== tag) {
      this.#shown = document.createElement(tag)
      this.#shown.setAttribute('exportparts', 'card, table, row, toolbar')
    }
    return Object.assign(this.#shown, context, {
      item: route.item ?? '',
      params: route.params ?? {},
    })
  }

  #wait(tag: string): TemplateResult | typeof nothing {
    if (this.#failed === tag) {
      return unfetchedPage(() => this.#load(tag))
    }
    this.#load(tag)
    return nothing
  }

  #load(tag: string): void {
    this.#failed = undefined
    needElement(tag).then(
      () => {
        if (!customElements.get(tag)) this.#failed = tag
        this.#changed()
      },
      () => {
        this.#failed = tag
        this.#changed()
      },
    )
  }
}

/** Instead of a page whose code could not be fetched. */
export function unfetchedPage(again: () => void): TemplateResult {
  return emptyState({
    icon: 'offline',
    title: t('The page could not be loaded'),
    text: t('The server may be away, or may have been updated meanwhile.'),
    more: html`<span class="choices"
      ><button class="button" type="button" @click=${again}>${t('Try again')}</button>
      <button class="button" type="button" @click=${() => location.reload()}>${t('Reload')}</button></span
    >`,
  })
}

function tagOf({ page, item }: Route): string {
  if (page === 'tasks' && item) return 'taskflow-task'
  return page === 'logs' ? 'taskflow-recent-logs' : `taskflow-${page}`
}
