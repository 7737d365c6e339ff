import { html } from 'lit'
import { type MessageKey, t } from '../../messages/messages.ts'
import { icon } from '../../parts/icons.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import type { DialogForm } from './dialogs.ts'

type Unit = 'min' | 'hour' | 'day'
const UNITS = [
  ['min', 'minutes'],
  ['hour', 'hours'],
  ['day', 'days'],
] as const satisfies readonly [Unit, MessageKey][]

/** Deletes runs that ended longer ago: counts them first, and asks with the number. */
export class ClearHistoryForm implements DialogForm {
  readonly title = t('Clear history')
  readonly wide = false
  readonly #store: DashboardStore
  #value = 7
  #unit: Unit = 'day'
  /** Null: not counted yet. */
  #count: number | null = null
  #busy = false
  #error = ''
  #asked = 0
  #update: () => void = () => {}
  #done: (result: unknown) => void = () => {}

  constructor(store: DashboardStore) {
    this.#store = store
  }

  start(update: () => void, done: (result: unknown) => void): void {
    this.#update = update
    this.#done = done
    void this.#read()
  }

  render() {
    const count = this.#count
    const ready = count !== null && count > 0 && !this.#busy
    return html`<p>
        ${t('Deletes runs that ended longer ago, with their logs. Pending and running ones stay. This cannot be undone.')}
      </p>
      <div class="row">
        <label for="value">${t('Older than')}</label>
        <input
          class="field"
          id="value"
          type="number"
          min="1"
          max="1000000"
          step="1"
          autofocus
          .value=${String(this.#value)}
          @input=${(event: Event) => this.#change(Number((event.target as HTMLInputElement).value))}
        />
        <span class="select">
          <select
            aria-label=${t('Unit')}
            @change=${(event: Event) =>
              this.#change(this.#value, (event.target as HTMLSelectElement).value as Unit)}
          >
            ${UNITS.map(
              ([unit, label]) =>
                html`<option value=${unit} ?selected=${unit === this.#unit}>${t(label)}</option>`,
            )}
          </select>
          ${icon('chevronDown', 'small')}
        </span>
      </div>
      ${
        this.#error
          ? html`<div class="dialog-error" role="alert">${icon('cross')} ${this.#error}</div>`
          : html`<p role="status" data-count>
              ${count === null ? t('Counting…') : count === 0 ? t('No run is that old.') : t('{count} run will be deleted.|{count} runs will be deleted.', { count })}
            </p>`
      }
      <div class="dialog-actions">
        <button class="button" type="button" @click=${() => this.#done(null)}>${t('Back')}</button>
        <button
          class="button danger"
          type="submit"
          data-confirm
          ?disabled=${!ready}
          @click=${() => void this.#delete()}
        >
          ${this.#busy ? t('Deleting…') : count === null || count === 0 ? t('Delete') : t('Delete {count} run|Delete {count} runs', { count })}
        </button>
      </div>
`
  }

  #change(value: number, unit: Unit = this.#unit): void {
    this.#value = value
    this.#unit = unit
    void this.#read()
  }

  async #read(): Promise<void> {
    const asked = ++this.#asked
    this.#count = null
    this.#error = ''
    this.#update()
    if (!Number.isInteger(this.#value) || this.#value < 1) {
      this.#error = t('Expected a whole number of 1 or more.')
      return this.#update()
    }
    await this.#send(true, (deleted) => {
      if (asked === this.#asked) this.#count = deleted
    })
  }

  async #delete(): Promise<void> {
    this.#busy = true
    this.#update()
    await this.#send(false, (deleted) => this.#done(deleted))
    this.#busy = false
  }

  async #send(dryRun: boolean, then: (deleted: number) => void): Promise<void> {
    const { client } = this.#store
    try {
      const { deleted } = await client.deleteHistory({
        value: this.#value,
        unit: this.#unit,
        ...(dryRun && { dry_run: true }),
      })
      then(deleted)
    } catch (cause) {
      this.#error = this.#store.failure(cause).detail
    }
    this.#update()
  }
}
