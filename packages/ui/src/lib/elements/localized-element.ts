import { LitElement, type PropertyDeclarations } from 'lit'
import {
  type Language,
  language,
  languageOf,
  speak,
  type TimeFormat,
  writeTimes,
} from '../messages/language.ts'
import { connectedParent } from './connection/parents.ts'

const EVENTS = ['click', 'keydown', 'input', 'change']

/**
 * An element that speaks the language of its `locale`, else of the nearest `lang` attribute; English
 * where there is none. It waits for the texts of a language rather than show English first.
 */
export abstract class LocalizedElement extends LitElement {
  static override properties: PropertyDeclarations = {
    locale: { type: String, noAccessor: true },
    timeZone: { type: String, attribute: 'time-zone' },
    hourCycle: { type: String, attribute: 'hour-cycle' },
  }
  /** IANA name of the zone that times are written in. [that of the element outside, else the reader's] */
  declare timeZone: string
  /** `h12` for AM and PM, or `h23`. [that of the element outside, else `h23`] */
  declare hourCycle: string

  static readonly #connected = new Set<LocalizedElement>()
  static #observer: MutationObserver | undefined

  #locale = ''
  #tag = ''
  #language: Language | undefined
  #waiting: Promise<void> | undefined

  constructor() {
    super()
    this.timeZone = ''
    this.hourCycle = ''
    for (const type of EVENTS) {
      this.addEventListener(type, () => this.speak(), { capture: true })
    }
  }

  /** BCP 47 tag, or `auto` for the browser's language; it becomes the element's `lang`. [as around it] */
  get locale(): string {
    return this.#locale
  }

  set locale(value: string | null) {
    this.#locale = value ?? ''
    if (this.#locale === '') this.removeAttribute('lang')
    else this.lang = this.#locale === 'auto' ? navigator.language : this.#locale
    if (this.isConnected) this.#resolve()
  }

  override connectedCallback(): void {
    super.connectedCallback()
    LocalizedElement.#connected.add(this)
    LocalizedElement.#observe()
    this.#resolve()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    LocalizedElement.#connected.delete(this)
    if (LocalizedElement.#connected.size > 0) return
    LocalizedElement.#observer?.disconnect()
    LocalizedElement.#observer = undefined
  }

  /** How this element writes times: as it says itself, else as the one outside. */
  get timeFormat(): TimeFormat {
    const { timeZone, hourCycle } = this
    if (timeZone && hourCycle) return { timeZone, hourCycle }
    const parent = connectedParent(this)
    const outer = parent !== null && typeof parent !== 'string' ? parent.timeFormat : null
    return {
      timeZone: timeZone || (outer?.timeZone ?? ''),
      hourCycle: hourCycle || (outer?.hourCycle ?? ''),
    }
  }

  /** Makes the texts that are made next in the language of the element, and as it writes times. */
  speak(): void {
    speak(this.#language ?? language())
    writeTimes(this.timeFormat)
  }

  protected override async scheduleUpdate(): Promise<void> {
    if (this.#waiting) await this.#waiting
    await super.scheduleUpdate()
  }

  protected override performUpdate(): void {
    this.speak()
    super.performUpdate()
  }

  #resolve(): void {
    const tag = nearestLanguage(this)
    if (tag === this.#tag) return
    this.#tag = tag
    const found = languageOf(tag)
    if (!(found instanceof Promise)) {
      this.#take(found)
      return
    }
    const waiting = found.then((one) => {
      if (this.#waiting === waiting) this.#waiting = undefined
      if (this.#tag === tag) this.#take(one)
    })
    this.#waiting = waiting
  }

  #take(one: Language): void {
    this.#language = one
    this.requestUpdate()
  }

  static #observe(): void {
    if (LocalizedElement.#observer) return
    LocalizedElement.#observer = new MutationObserver(() => {
      for (const element of [...LocalizedElement.#connected]) element.#resolve()
    })
    const options = { attributes: true, attributeFilter: ['lang'], subtree: true }
    LocalizedElement.#observer.observe(document, options)
  }
}

/** The `lang` of an element or of what is around it, through shadow roots. */
function nearestLanguage(element: Element): string {
  for (let at: Element | null = element; at; ) {
    const found: Element | null = at.closest('[lang]')
    if (found) return found.getAttribute('lang') || 'en'
    const root = at.getRootNode()
    at = root instanceof ShadowRoot ? root.host : null
  }
  return 'en'
}
