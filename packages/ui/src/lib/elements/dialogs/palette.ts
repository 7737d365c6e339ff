import type { TaskJson } from '@taskflow/core/client'
import { html, nothing } from 'lit'
import { shortId } from '../../format/number.ts'
import { visibleText } from '../../format/visible-text.ts'
import { t } from '../../messages/messages.ts'
import { icon } from '../../parts/icons.ts'
import { statusText } from '../../parts/status.ts'
import type { DialogForm } from './dialogs.ts'

/** Something to go to, or to do. */
export interface PaletteEntry {
  label: string
  /** What kind of thing it is. */
  note: string
  /** The keys that do the same. */
  keys?: string
  run: () => void
}

/** What the palette offers. */
export interface PaletteInput {
  entries: readonly PaletteEntry[]
  /** Runs whose id or task holds a text; none when it cannot be asked. */
  findRuns: (text: string) => Promise<readonly TaskJson[]>
  openRun: (id: string) => void
}

const MOST = 12
const PAUSE_MS = 200

/** One field that leads everywhere: pages, tasks, runs by id, and what can be done. */
export class PaletteForm implements DialogForm {
  readonly title = t('Go to')
  readonly wide = true
  readonly high = true
  readonly #input: PaletteInput
  #text = ''
  #active = 0
  #runs: readonly TaskJson[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  #update: () => void = () => {}
  #done: (result: unknown) => void = () => {}

  constructor(input: PaletteInput) {
    this.#input = input
  }

  start(update: () => void, done: (result: unknown) => void): void {
    this.#update = update
    this.#done = done
  }

  render() {
    const found = this.#found()
    return html`<input
        class="field typed"
        type="text"
        role="combobox"
        aria-label=${t('Go to, find a run')}
        aria-expanded="true"
        aria-controls="entries"
        aria-activedescendant=${found.length > 0 ? `entry-${this.#active}` : nothing}
        placeholder=${t('Page, task, id of a run, action')}
        autocomplete="off"
        spellcheck="false"
        autofocus
        .value=${this.#text}
        @input=${this.#onInput}
        @keydown=${this.#onKey}
      />
      <div class="entries" id="entries" role="listbox" aria-label=${t('Suggestions')}>
        ${found.map((entry, index) => this.#entry(entry, index))}
        ${found.length === 0 ? html`<p class="muted">${t('Nothing is called that.')}</p>` : nothing}
      </div>`
  }

  #entry({ label, note, keys, mark }: PaletteEntry & { mark?: unknown }, index: number) {
    return html`<div
      class="entry"
      role="option"
      id="entry-${index}"
      aria-selected=${index === this.#active}
      @click=${() => this.#choose(index)}
      @pointermove=${() => this.#move(index)}
    >
      ${mark ?? icon('chevronRight', 'small')}<span class="truncate">${label}</span>
      <span class="muted">${note}</span>
      ${keys ? html`<kbd class="kbd" aria-hidden="true">${keys}</kbd>` : nothing}
    </div>`
  }

  /** Entries with all the words, then runs. */
  #found(): (PaletteEntry & { mark?: unknown })[] {
    const words = this.#text.toLowerCase().split(/\s+/).filter(Boolean)
    const entries = this.#input.entries.filter(({ label, note }) =>
      words.every((word) => `${label} ${note}`.toLowerCase().includes(word)),
    )
    const runs = this.#runs.map((task) => ({
      label: visibleText(task.func_name),
      note: shortId(task.task_id),
      mark: statusText(task.phase),
      run: () => this.#input.openRun(task.task_id),
    }))
    return [...entries.slice(0, MOST - Math.min(runs.length, 4)), ...runs].slice(0, MOST)
  }

  #choose(index: number): void {
    const entry = this.#found()[index]
    if (!entry) return
    this.#done(null)
    entry.run()
  }

  #move(index: number): void {
    if (index === this.#active) return
    this.#active = index
    this.#update()
  }

  #onInput = (event: Event) => {
    this.#text = (event.target as HTMLInputElement).value
    this.#active = 0
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#search(this.#text.trim()), PAUSE_MS)
    this.#update()
  }

  async #search(text: string): Promise<void> {
    const runs = text.length < 3 ? [] : await this.#input.findRuns(text)
    if (text !== this.#text.trim()) return
    this.#runs = runs
    this.#update()
  }

  #onKey = (event: KeyboardEvent) => {
    const { length } = this.#found()
    if (event.key === 'ArrowDown') this.#move((this.#active + 1) % Math.max(1, length))
    else if (event.key === 'ArrowUp') this.#move((this.#active - 1 + length) % Math.max(1, length))
    else if (event.key === 'Enter') this.#choose(this.#active)
    else return
    event.preventDefault()
  }
}
