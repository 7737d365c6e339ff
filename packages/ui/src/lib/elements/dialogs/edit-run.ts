import type { ClientError, ClientIssue } from '@taskflow/core/client'
import { html, nothing } from 'lit'
import { jsonProblem } from '../../format/json-problem.ts'
import { visibleText } from '../../format/visible-text.ts'
import { t } from '../../messages/messages.ts'
import { icon } from '../../parts/icons.ts'
import type { DialogForm } from './dialogs.ts'

/** What is edited, and where it goes. */
export interface EditRunInput<Result> {
  title: string
  text: string
  confirm: string
  payload: unknown
  /** Resolves with what the dialog resolves with. */
  send: (payload: unknown) => Promise<Result>
  /** What a refusal says. */
  failure: (cause: unknown) => ClientError
}

/** JSON to edit: says where it cannot be read, and what the task's schema refuses at which path. */
export class EditRunForm<Result> implements DialogForm {
  readonly title: string
  readonly wide = true
  readonly #input: EditRunInput<Result>
  #text: string
  #busy = false
  #error: { detail: string; issues: readonly ClientIssue[] } | null = null
  #update: () => void = () => {}
  #done: (result: unknown) => void = () => {}

  constructor(input: EditRunInput<Result>) {
    this.#input = input
    this.title = input.title
    this.#text = input.payload === undefined ? '' : JSON.stringify(input.payload, null, 2)
  }

  start(update: () => void, done: (result: unknown) => void): void {
    this.#update = update
    this.#done = done
  }

  render() {
    const { text, confirm } = this.#input
    const problem = jsonProblem(this.#text)
    const masked = this.#text.includes('•••')
    const error = this.#error
    return html`<p>${text}</p>
      <label for="json">${t('Input, as JSON')}</label>
      <textarea
        class="field mono"
        id="json"
        spellcheck="false"
        autocapitalize="off"
        autofocus
        aria-invalid=${problem !== null || error !== null ? 'true' : 'false'}
        aria-describedby="problem"
        .value=${this.#text}
        @input=${(event: Event) => {
          this.#text = (event.target as HTMLTextAreaElement).value
          this.#error = null
          this.#update()
        }}
      ></textarea>
      <div id="problem" role="status">
        ${
          problem
            ? html`<div class="dialog-error" data-problem>${icon('cross')} ${problem}</div>`
            : nothing
        }
        ${
          error
            ? html`<div class="dialog-error" role="alert">${icon('cross')} ${visibleText(error.detail)}</div>
                <ul class="issues">
                  ${error.issues.map(
                    ({ path, message }) =>
                      html`<li><code class="mono">${visibleText(pathText(path))}</code> ${visibleText(message)}</li>`,
                  )}
                </ul>`
            : nothing
        }
      </div>
      ${masked ? html`<p>${t('Where it says ••• the value is secret: left as it is, the server keeps it.')}</p>` : nothing}
      <div class="dialog-actions">
        <button class="button" type="button" @click=${() => this.#done(null)}>${t('Back')}</button>
        <button
          class="button primary"
          type="submit"
          data-confirm
          ?disabled=${problem !== null || this.#busy}
          @click=${() => void this.#send()}
        >
          ${this.#busy ? t('Sending…') : confirm}
        </button>
      </div>`
  }

  async #send(): Promise<void> {
    this.#busy = true
    this.#update()
    try {
      const text = this.#text.trim()
      this.#done(await this.#input.send(text === '' ? undefined : JSON.parse(text)))
    } catch (cause) {
      this.#error = this.#input.failure(cause)
    }
    this.#busy = false
    this.#update()
  }
}

/** `items[0].price` for `['items', 0, 'price']`. */
function pathText(path: readonly (string | number)[]): string {
  if (path.length === 0) return t('(whole input)')
  return path.map((part, index) => segment(part, index)).join('')
}

function segment(part: string | number, index: number): string {
  if (typeof part === 'number' || /^\d+$/.test(part)) return `[${part}]`
  return index === 0 ? part : `.${part}`
}
