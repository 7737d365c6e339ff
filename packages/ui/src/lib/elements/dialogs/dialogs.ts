import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit'
import { t } from '../../messages/messages.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import { controls } from '../../styles/controls.ts'
import { statusStyles } from '../../styles/status-css.ts'
import { tokens } from '../../styles/tokens.ts'
import type { TaskflowDashboardElement } from '../dashboard.ts'
import { LocalizedElement } from '../localized-element.ts'
import { ClearHistoryForm } from './clear-history.ts'
import { dialogsStyles } from './dialogs.styles.ts'
import { EditRunForm, type EditRunInput } from './edit-run.ts'
import { PaletteForm, type PaletteInput } from './palette.ts'
import { shortcutsHelp } from './shortcuts.ts'

/** A question before something that cannot be undone. */
export interface ConfirmOptions {
  title: string
  text: string
  /** A verb with its object, e.g. `Retry 41 runs`. */
  confirm: string
  danger?: boolean
  /** More than a thousand: the number has to be typed. */
  count?: number
}

/** A form inside of a dialog: draws itself, and says when it is done. */
export interface DialogForm {
  title: string
  wide: boolean
  /** Its head stays where it is as what is below it grows and shrinks. [false] */
  high?: boolean
  render(): TemplateResult
  /** Called once; `update` draws again, `done` closes. */
  start(update: () => void, done: (result: unknown) => void): void
}

const TYPE_FROM = 1000

/**
 * The dialogs of an element: a question, a form. One at a time, modal, Escape is no.
 *
 * @csspart dialog - the box
 */
export class TaskflowDialogsElement extends LocalizedElement {
  static override styles = [tokens, controls, statusStyles, dialogsStyles]
  static override properties: PropertyDeclarations = {
    question: { state: true },
    form: { state: true },
    typed: { state: true },
  }

  declare question: ConfirmOptions | null
  declare form: DialogForm | null
  declare typed: string
  #answer: ((result: unknown) => void) | undefined

  constructor() {
    super()
    this.question = null
    this.form = null
    this.typed = ''
  }

  /** Asks; true when it was confirmed. */
  async confirm(question: ConfirmOptions): Promise<boolean> {
    this.#close(false)
    this.typed = ''
    this.question = question
    return (await this.#open()) === true
  }

  /** Shows a form; resolves with its result, null when it was left. */
  async show(form: DialogForm): Promise<unknown> {
    this.#close(null)
    this.form = form
    const result = this.#open()
    form.start(
      () => this.requestUpdate(),
      (value) => this.#close(value),
    )
    return result
  }

  /** Deletes what ended long ago, after it was counted. Resolves with how many, null when left. */
  clearHistory(store: DashboardStore): Promise<number | null> {
    return this.show(new ClearHistoryForm(store)) as Promise<number | null>
  }

  /** Edits the input of a run; resolves with what the server answered, null when left. */
  editRun<Result>(input: EditRunInput<Result>): Promise<Result | null> {
    return this.show(new EditRunForm(input)) as Promise<Result | null>
  }

  /** The keys of the dashboard. */
  async shortcuts(): Promise<void> {
    await this.show(shortcutsHelp(dashboardOf(this)?.pageKeys()))
  }

  /** A field that leads to pages, tasks and runs. */
  async palette(input: PaletteInput): Promise<void> {
    await this.show(new PaletteForm(input))
  }

  protected override render() {
    const { question, form } = this
    const title = question?.title ?? form?.title
    if (title === undefined) return nothing
    return html`<dialog
      class="box ${form?.wide ? 'wide' : ''} ${form?.high ? 'high' : ''}"
      part="dialog"
      aria-labelledby="title"
      @cancel=${(event: Event) => {
        event.preventDefault()
        this.#close(null)
      }}
      @keydown=${(event: Event) => event.stopPropagation()}
      @click=${(event: Event) => event.stopPropagation()}
    >
      <form
        class="dialog-body"
        method="dialog"
        @submit=${(event: Event) => event.preventDefault()}
      >
        <h2 id="title">${title}</h2>
        ${question ? this.#question(question) : form?.render()}
      </form>
    </dialog>`
  }

  protected override updated(): void {
    const dialog = this.renderRoot.querySelector('dialog')
    if (!dialog || dialog.open) return
    dialog.showModal()
    dialog.querySelector<HTMLElement>('[autofocus]')?.focus()
    // A long one starts at its head, wherever the focus is.
    dialog.scrollTop = 0
  }

  #question({ text, confirm, danger, count = 0 }: ConfirmOptions) {
    const types = count > TYPE_FROM
    const wrong = types && this.typed.replace(/\D/g, '') !== String(count)
    return html`<p>${text}</p>
      ${
        types
          ? html`<label for="typed">${t('Type {number} to go on', { number: count })}</label>
              <input
                class="field typed"
                id="typed"
                inputmode="numeric"
                autocomplete="off"
                autofocus
                .value=${this.typed}
                @input=${(event: Event) => {
                  this.typed = (event.target as HTMLInputElement).value
                }}
              />`
          : nothing
      }
      <div class="dialog-actions">
        <button class="button" type="button" @click=${() => this.#close(false)}>${t('Back')}</button>
        <button
          class="button ${danger ? 'danger' : 'primary'}"
          type="submit"
          data-confirm
          ?autofocus=${!types}
          ?disabled=${wrong}
          @click=${() => this.#close(true)}
        >
          ${confirm}
        </button>
      </div>`
  }

  #open(): Promise<unknown> {
    return new Promise((resolve) => {
      this.#answer = resolve
    })
  }

  #close(result: unknown): void {
    const answer = this.#answer
    this.#answer = undefined
    this.renderRoot.querySelector('dialog')?.close()
    this.question = null
    this.form = null
    answer?.(result)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#close(null)
  }
}

/** The dashboard around an element, if there is one. */
function dashboardOf(element: Element): TaskflowDashboardElement | null {
  for (let at: Element | undefined = element; at; at = hostOf(at)) {
    const found = at.closest<TaskflowDashboardElement>('taskflow-dashboard')
    if (found) return found
  }
  return null
}

function hostOf(element: Element): Element | undefined {
  const root = element.getRootNode()
  return root instanceof ShadowRoot ? root.host : undefined
}
