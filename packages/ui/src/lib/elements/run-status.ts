import { isFinal, normaliseBase, type RunStatusJson } from '@taskflow/core/client'
import { css, html, nothing, type PropertyDeclarations, type PropertyValues } from 'lit'
import { visibleText } from '../format/visible-text.ts'
import { t } from '../messages/messages.ts'
import { TaskflowRunFinishedEvent } from '../part-events.ts'
import type { ConnectionOptions } from '../store/shared-transport.ts'
import { tokens } from '../styles/tokens.ts'
import { defaultBase } from './connection/default-base.ts'
import { connectedParent } from './connection/parents.ts'
import { LocalizedElement } from './localized-element.ts'

const LONGEST_PAUSE_MS = 30_000

/**
 * How far one run is, for the end users of your app: "Your export: 62 %". Needs no account, only a
 * token of `createRunToken()` for this run, which opens nothing else.
 *
 * @fires taskflow-run-finished - the run has ended
 * @slot pending - words while it waits
 * @slot running - words while it works [what the task says of its progress]
 * @slot success - words when it is done, such as a link to the result
 * @slot failed - words when it failed, was cut off or cancelled
 * @slot unavailable - words when the token does not hold or the run is gone
 * @csspart bar - the progress bar
 * @csspart label - the words
 */
export class TaskflowRunStatusElement extends LocalizedElement {
  static override styles = [
    tokens,
    css`
      :host {
        display: flex;
        align-items: center;
        gap: 10px;
        font: inherit;
        color: inherit;
      }
      progress {
        flex: 1;
        min-inline-size: 60px;
        max-inline-size: 240px;
        block-size: 8px;
        accent-color: var(--_accent);
      }
    `,
  ]
  static override properties: PropertyDeclarations = {
    base: { type: String },
    runId: { type: String, attribute: 'run-id' },
    token: { type: String },
    pollInterval: { type: Number, attribute: 'poll-interval' },
    run: { state: true },
    refused: { state: true },
  }

  /** Path or URL of the handler. [that of the element outside, else of the script, else `/tasks`] */
  declare base: string
  /** Id of the run. */
  declare runId: string
  /** What `createRunToken()` made for it. [the session of who looks] */
  declare token: string
  /** Seconds between two looks. [2] */
  declare pollInterval: number
  /** What was read last. @internal */
  declare run: RunStatusJson | null
  /** @internal */
  declare refused: boolean

  #timer: ReturnType<typeof setTimeout> | undefined
  #abort: AbortController | undefined
  #failures = 0

  constructor() {
    super()
    this.base = ''
    this.runId = ''
    this.token = ''
    this.pollInterval = 2
    this.run = null
    this.refused = false
  }

  override connectedCallback(): void {
    super.connectedCallback()
    document.addEventListener('visibilitychange', this.#onVisibility)
    if (this.hasUpdated) this.#restart()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    document.removeEventListener('visibilitychange', this.#onVisibility)
    this.#stop()
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const named = ['base', 'runId', 'token'] as const
    if (this.isConnected && named.some((name) => changed.has(name))) this.#restart()
  }

  protected override render() {
    const { run } = this
    if (this.refused) return this.#label('unavailable', t('Not available'))
    if (!run || run.status === 'pending') return this.#label('pending', t('Waiting to start'))
    if (run.status === 'success') return this.#label('success', t('Done'))
    if (run.status !== 'running') {
      return this.#label('failed', run.status === 'cancelled' ? t('Cancelled') : t('Failed'))
    }
    const { progress } = run
    const percent = progress && Math.round(progress.fraction * 100)
    return html`<progress
        part="bar"
        max="100"
        value=${percent ?? nothing}
        aria-label=${t('Progress')}
      ></progress>
      ${this.#label('running', progress?.message ? visibleText(progress.message) : t('Working'))}
      ${percent === null ? nothing : html`<span aria-hidden="true">${percent} %</span>`}`
  }

  #label(slot: string, text: string) {
    return html`<span part="label" role="status"><slot name=${slot}>${text}</slot></span>`
  }

  #restart(): void {
    this.#stop()
    this.run = null
    this.refused = false
    this.#failures = 0
    if (this.runId) void this.#look()
  }

  #stop(): void {
    clearTimeout(this.#timer)
    this.#abort?.abort()
  }

  async #look(): Promise<void> {
    const abort = new AbortController()
    this.#abort = abort
    try {
      const run = await this.#read(abort.signal)
      if (abort.signal.aborted) return
      this.#failures = 0
      this.run = run
      if (run && isFinal(run.status)) {
        this.dispatchEvent(new TaskflowRunFinishedEvent(run))
        return
      }
    } catch {
      // The server is away for a moment: what was shown stays, and the pauses grow.
      if (abort.signal.aborted) return
      this.#failures += 1
    }
    if (!this.refused) this.#plan()
  }

  /** Null when the server refuses for good. */
  async #read(signal: AbortSignal): Promise<RunStatusJson | null> {
    const { base, headers, fetch = globalThis.fetch, credentials } = this.#connection()
    const given = typeof headers === 'function' ? await headers() : headers
    const bearer = this.token && { authorization: `Bearer ${this.token}` }
    const url = `${normaliseBase(base)}/${encodeURIComponent(this.runId)}/status`
    const response = await fetch(url, {
      headers: { accept: 'application/json', ...given, ...bearer },
      credentials: credentials ?? 'same-origin',
      signal,
    })
    if (response.ok) return (await response.json()) as RunStatusJson
    if (response.status >= 500 || response.status === 429) throw new Error(`${response.status}`)
    this.refused = true
    return null
  }

  #connection(): ConnectionOptions {
    const parent = connectedParent(this)
    if (this.base || parent === null || typeof parent === 'string') {
      return { base: this.base || defaultBase() }
    }
    return parent.connection
  }

  #plan(): void {
    const pause = Math.max(0.5, this.pollInterval) * 1000 * 2 ** this.#failures
    clearTimeout(this.#timer)
    this.#timer = setTimeout(
      () => {
        // A hidden tab has nobody to show it to; it looks again when it comes back.
        if (document.visibilityState !== 'hidden') void this.#look()
      },
      Math.min(LONGEST_PAUSE_MS, pause),
    )
  }

  #onVisibility = () => {
    const ended = this.run !== null && isFinal(this.run.status)
    if (document.visibilityState === 'hidden' || !this.runId || ended || this.refused) return
    this.#stop()
    void this.#look()
  }
}
