import type { ActionJson, ClientError, FunctionJson } from '@taskflow/core/client'
import { html, nothing } from 'lit'
import { jsonProblem } from '../../format/json-problem.ts'
import { checkSchema, exampleOf, type SchemaIssue } from '../../format/json-schema.ts'
import { visibleText } from '../../format/visible-text.ts'
import { t } from '../../messages/messages.ts'
import { icon } from '../../parts/icons.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import type { DialogForm } from '../dialogs/dialogs.ts'

/** The input of an ad hoc run, checked as it is typed by the task's schema, and by the server. */
export class RunTaskForm implements DialogForm {
  readonly title: string
  readonly wide = true
  readonly #store: DashboardStore
  readonly #task: FunctionJson
  /** One per dialog: a second click, or an answer that got lost, makes no second run. */
  readonly #key = randomKey()
  #text: string
  #priority = ''
  #runAt = ''
  #busy = false
  #error: ClientError | null = null
  #update: () => void = () => {}
  #done: (result: unknown) => void = () => {}

  constructor(store: DashboardStore, task: FunctionJson) {
    this.#store = store
    this.#task = task
    this.title = t('Run {task}', { task: visibleText(task.func_name) })
    this.#text = task.schema ? JSON.stringify(exampleOf(task.schema), null, 2) : ''
  }

  start(update: () => void, done: (result: unknown) => void): void {
    this.#update = update
    this.#done = done
  }

  render() {
    const problem = jsonProblem(this.#text)
    const issues = problem === null ? this.#check() : []
    const error = this.#error
    const wrong = problem !== null || issues.length > 0
    return html`<p>
        ${t('A run of its own, outside of every schedule; it shows as ad hoc.')}
        ${this.#task.paused ? t('The task is paused: the run waits until it is resumed.') : nothing}
        ${this.#task.instances === 0 ? t('No live instance can run it: it waits for one.') : nothing}
      </p>
      <label for="json">${this.#task.schema ? t('Input, as JSON, checked by the task’s schema') : t('Input, as JSON')}</label>
      <textarea
        class="field mono"
        id="json"
        spellcheck="false"
        autocapitalize="off"
        autofocus
        aria-invalid=${wrong || error !== null ? 'true' : 'false'}
        aria-describedby="problem"
        .value=${this.#text}
        @input=${(event: Event) => {
          this.#text = (event.target as HTMLTextAreaElement).value
          this.#error = null
          this.#update()
        }}
      ></textarea>
      <div id="problem" role="status">
        ${problem ? errorLine(problem) : nothing}
        ${error && error.issues.length === 0 ? errorLine(visibleText(error.detail)) : nothing}
        ${issueList(error ? error.issues : issues)}
      </div>
      <div class="row">
        <label for="priority">${t('Priority')}</label>
        <input
          class="field"
          id="priority"
          type="number"
          step="1"
          placeholder=${this.#task.priority ?? t('normal')}
          .value=${this.#priority}
          @input=${(event: Event) => {
            this.#priority = (event.target as HTMLInputElement).value
          }}
        />
        <label for="run-at">${t('Not before')}</label>
        <input
          class="field when"
          id="run-at"
          type="datetime-local"
          .value=${this.#runAt}
          @input=${(event: Event) => {
            this.#runAt = (event.target as HTMLInputElement).value
          }}
        />
      </div>
      <div class="dialog-actions">
        <button class="button" type="button" @click=${() => this.#done(null)}>${t('Back')}</button>
        <button
          class="button primary"
          type="submit"
          data-confirm
          ?disabled=${problem !== null || this.#busy}
          @click=${() => void this.#send()}
        >
          ${this.#busy ? t('Sending…') : t('Run it')}
        </button>
      </div>`
  }

  #check(): SchemaIssue[] {
    const { schema } = this.#task
    const payload = this.#payload()
    return schema && payload !== undefined ? checkSchema(payload, schema) : []
  }

  #payload(): unknown {
    const text = this.#text.trim()
    return text === '' ? undefined : JSON.parse(text)
  }

  async #send(): Promise<void> {
    this.#busy = true
    this.#update()
    const payload = this.#payload()
    const at = this.#runAt === '' ? Number.NaN : new Date(this.#runAt).getTime()
    try {
      const result: ActionJson = await this.#store.client.run({
        func_name: this.#task.func_name,
        ...(payload !== undefined && { payload }),
        ...(this.#priority !== '' && { priority: Number(this.#priority) }),
        ...(!Number.isNaN(at) && { run_at: new Date(at).toISOString() }),
        idempotency_key: this.#key,
      })
      this.#done(result)
    } catch (cause) {
      this.#error = this.#store.failure(cause)
    }
    this.#busy = false
    this.#update()
  }
}

function errorLine(text: string) {
  return html`<div class="dialog-error" data-problem>${icon('cross')} <span>${text}</span></div>`
}

function issueList(issues: readonly SchemaIssue[]) {
  if (issues.length === 0) return nothing
  return html`<ul class="issues">
    ${issues.map(
      ({ path, message }) =>
        html`<li><code class="mono">${visibleText(pathText(path))}</code> ${visibleText(message)}</li>`,
    )}
  </ul>`
}

/** `items[0].price` for `['items', 0, 'price']`. */
function pathText(path: readonly (string | number)[]): string {
  if (path.length === 0) return t('Input')
  return path
    .map((part, index) =>
      typeof part === 'number' || /^\d+$/.test(part)
        ? `[${part}]`
        : index === 0
          ? part
          : `.${part}`,
    )
    .join('')
}

/** `crypto.randomUUID` is for secure contexts only. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return `adhoc:${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
}
