import { formatQuery, type QueryTerm } from '@taskflow/core/client'
import { html, nothing, type PropertyDeclarations, type PropertyValues } from 'lit'
import { TaskflowFilterChangeEvent } from '../../events.ts'
import { visibleText } from '../../format/visible-text.ts'
import { t } from '../../messages/messages.ts'
import { icon } from '../../parts/icons.ts'
import { showPopover } from '../../parts/popover.ts'
import { type QueryProblem, readQuery } from '../../store/query.ts'
import { controls } from '../../styles/controls.ts'
import { overlayStyles } from '../../styles/overlay.ts'
import { statusStyles } from '../../styles/status-css.ts'
import { tokens } from '../../styles/tokens.ts'
import { LocalizedElement } from '../localized-element.ts'
import { chip } from './chip.ts'
import { option } from './option.ts'
import { queryStyles } from './query.styles.ts'
import type { KnownValue, suggestionsFor } from './suggestions.ts'

const PAUSE_MS = 250

/** Fetched when somebody begins to type. */
let suggest: typeof suggestionsFor | undefined

/**
 * A field for the query language: finished terms are chips, the rest is text; completes fields and
 * values, and says what it cannot read.
 *
 * @fires taskflow-filter-change - the query changed, and can be read
 * @csspart input - the field
 * @csspart chip - one term
 * @csspart listbox - the suggestions
 * @csspart option - one of them
 */
export class TaskflowQueryElement extends LocalizedElement {
  static override styles = [tokens, controls, statusStyles, overlayStyles, queryStyles]
  static override properties: PropertyDeclarations = {
    value: { type: String },
    fields: { type: String },
    known: { attribute: false },
    placeholder: { type: String },
    draft: { state: true },
    list: { state: true },
    active: { state: true },
    strict: { state: true },
  }

  /** The query. */
  declare value: string
  /** The fields that are suggested, such as `status task error`. [all] */
  declare fields: string
  /** Values a field may have, for completion. */
  declare known: (field: string) => readonly KnownValue[]
  /** What stands in the empty field. */
  declare placeholder: string
  /** What stands in the field, besides the chips. */
  declare draft: string
  declare list: ReturnType<typeof suggestionsFor> | null
  declare active: number
  /** Says also of a term that is being typed that it is not finished. */
  declare strict: boolean

  #chips: QueryTerm[] = []
  #told: string | null = null
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    this.value = ''
    this.fields = ''
    this.known = () => []
    this.placeholder = ''
    this.draft = ''
    this.list = null
    this.active = -1
    this.strict = false
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#timer)
  }

  override focus(): void {
    this.#input()?.focus()
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('value') && this.value !== this.#told) this.#take(this.value)
  }

  protected override updated(): void {
    const popover = this.renderRoot.querySelector<HTMLElement>('[popover]')
    const field = this.renderRoot.querySelector('.query')
    if (!popover || !field) return
    if (this.list && this.list.list.length > 0) showPopover(popover, field, 'start')
    else if (popover.matches(':popover-open')) popover.hidePopover()
  }

  protected override render() {
    const problem = this.#problem()
    const list = this.list?.list ?? []
    const open = list.length > 0
    return html`<div
        class="query field"
        part="query"
        data-invalid=${problem !== null}
        @click=${(event: Event) => {
          if (event.target === event.currentTarget) this.focus()
        }}
      >
        ${icon('search')}
        ${this.#chips.map((term, index) => chip(term, { edit: () => this.#edit(index), remove: () => this.#remove(index) }))}
        <input
          type="text"
          part="input"
          role="combobox"
          aria-label=${t('Filter runs')}
          aria-expanded=${open}
          aria-controls="list"
          aria-autocomplete="list"
          aria-activedescendant=${open && this.active >= 0 ? `option-${this.active}` : nothing}
          aria-invalid=${problem !== null}
          aria-describedby=${problem ? 'problem' : nothing}
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          placeholder=${this.#chips.length === 0 ? this.placeholder || t('Filter by status, task, tag, error…') : ''}
          .value=${this.draft}
          @input=${this.#onInput}
          @keydown=${this.#onKey}
          @focus=${this.#suggest}
          @click=${this.#suggest}
          @blur=${this.#onBlur}
        />
        ${
          this.#chips.length > 0 || this.draft
            ? html`<button
                class="clear"
                type="button"
                aria-label=${t('Clear the filter')}
                title=${t('Clear')}
                @click=${this.#clear}
              >
                ${icon('cross', 'small')}
              </button>`
            : html`<span class="kbd" aria-hidden="true">/</span>`
        }
      </div>
      ${
        problem
          ? html`<p class="problem" id="problem" role="alert">
              ${icon('cross', 'small')} ${visibleText(problem.message)}
            </p>`
          : nothing
      }
      <div
        class="overlay"
        id="list"
        part="listbox"
        popover="manual"
        role="listbox"
        aria-label=${t('Suggestions')}
      >
        ${
          open
            ? html`<p class="overlay-title" role="presentation">${this.list?.heading}</p>
                ${list.map((one, index) => option(one, index, index === this.active, () => this.#pick(index)))}`
            : nothing
        }
      </div>`
  }

  /** What is wrong with chips and draft together; while somebody types, only what cannot get right. */
  #problem(): QueryProblem | null {
    const { problem } = readQuery(this.#whole())
    if (!problem || this.strict) return problem
    const unfinished = problem.message.includes('expected a value') && /[:,<>=]$/.test(this.draft)
    const typing = this.list !== null && problem.message.includes('expected one of')
    return unfinished || typing || problem.message.includes('closing quote') ? null : problem
  }

  #whole(): string {
    return [formatQuery(this.#chips), this.draft.trim()].filter(Boolean).join(' ')
  }

  /** Chips for the terms of a query, text for the words; all text when it cannot be read. */
  #take(query: string): void {
    const { terms, problem } = readQuery(query)
    this.#chips = problem ? [] : terms.filter(({ field }) => field !== 'text')
    this.draft = problem ? query : formatQuery(terms.filter(({ field }) => field === 'text'))
    this.#told = query
  }

  #tell(): void {
    clearTimeout(this.#timer)
    const q = this.#whole()
    if (readQuery(q).problem || q === this.#told) return
    this.#told = q
    this.dispatchEvent(new TaskflowFilterChangeEvent(q))
  }

  #onInput = (event: Event) => {
    this.draft = (event.target as HTMLInputElement).value
    this.strict = false
    void this.#suggest()
    clearTimeout(this.#timer)
    // A term with a field is meant once it is finished: half of a name matches nothing.
    const unfinished = /\S:\S*$/.test(this.draft)
    if (!unfinished) this.#timer = setTimeout(() => this.#tell(), PAUSE_MS)
  }

  #suggest = async () => {
    try {
      suggest ??= (await import('../../pages/extras.ts')).suggestionsFor
    } catch {
      // A query can be typed without them.
      return
    }
    const input = this.#input()
    if (!input || this.shadowRoot?.activeElement !== input) return
    const typed = input.value.slice(0, input.selectionStart ?? input.value.length)
    const names = this.fields.split(/[\s,]+/).filter(Boolean)
    this.list = suggest(typed, this.known, names.length > 0 ? names : undefined)
    this.active = -1
  }

  #pick(index: number): void {
    const input = this.#input()
    const chosen = this.list?.list[index]
    if (!input || !chosen) return
    const caret = input.selectionStart ?? input.value.length
    const start = caret - (this.list?.word.length ?? 0)
    this.draft = input.value.slice(0, start) + chosen.insert + input.value.slice(caret)
    const at = start + chosen.insert.length
    if (chosen.complete) this.#commit()
    void this.updateComplete.then(() => {
      if (!chosen.complete) input.setSelectionRange(at, at)
      void this.#suggest()
    })
  }

  /** Finished terms become chips. */
  #commit(): void {
    this.strict = true
    const whole = this.#whole()
    if (!readQuery(whole).problem) {
      const told = this.#told
      this.#take(whole)
      this.#told = told
    }
    this.requestUpdate()
    this.#tell()
  }

  #edit(index: number): void {
    const [term] = this.#chips.splice(index, 1)
    if (!term) return
    this.draft = [formatQuery([term]), this.draft].filter(Boolean).join(' ')
    this.requestUpdate()
    void this.updateComplete.then(() => this.focus())
  }

  #remove(index: number): void {
    this.#chips = this.#chips.filter((_, at) => at !== index)
    this.requestUpdate()
    this.focus()
    this.#tell()
  }

  #clear = () => {
    this.#chips = []
    this.draft = ''
    this.strict = false
    this.focus()
    this.#tell()
  }

  #onBlur = () => {
    this.list = null
    this.#commit()
  }

  #onKey = (event: KeyboardEvent) => {
    const list = this.list?.list ?? []
    const input = event.currentTarget as HTMLInputElement
    // Half of a word is most likely the start of the first.
    const likely = this.active < 0 && list.length > 0 && this.list?.word ? 0 : this.active
    switch (event.key) {
      case 'ArrowDown':
      case 'ArrowUp': {
        if (list.length === 0) {
          void this.#suggest()
          return
        }
        const step = event.key === 'ArrowDown' ? 1 : -1
        this.active =
          (this.active + step + list.length + (this.active < 0 && step < 0 ? 1 : 0)) % list.length
        break
      }
      case 'Tab':
        if (likely < 0) return
        this.#pick(likely)
        break
      case 'Enter':
        if (this.active >= 0 || (likely >= 0 && readQuery(this.#whole()).problem)) {
          this.#pick(likely)
        } else {
          this.list = null
          this.#commit()
        }
        break
      case 'Backspace':
        if (input.value !== '' || this.#chips.length === 0) return
        this.#edit(this.#chips.length - 1)
        break
      case 'Escape':
        // One thing at a time: the list, then the text, then the field.
        if (list.length > 0) this.list = null
        else if (input.value) {
          this.draft = ''
          this.#tell()
        } else {
          input.blur()
          return
        }
        event.stopPropagation()
        break
      default:
        return
    }
    event.preventDefault()
  }

  #input(): HTMLInputElement | null {
    return this.renderRoot.querySelector('input')
  }
}
