import { LitElement, type PropertyDeclarations } from 'lit'
import { type Language, language, languageOf, speak } from '../messages/language.ts'

/**
 * An element that speaks the language of its `locale`, else of the nearest `lang` attribute; English
 * where there is none. It waits for the texts of a language rather than show English first.
 */
export abstract class TranslatedElement extends LitElement {
  static override properties: PropertyDeclarations = {
    locale: { type: String, noAccessor: true },
  }

  static readonly #connected = new Set<TranslatedElement>()
  static #observer: MutationObserver | undefined

  #locale = ''
  #tag = ''
  #language: Language | undefined
  #waiting: Promise<void> | undefined

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
    TranslatedElement.#connected.add(this)
    TranslatedElement.#observe()
    this.#resolve()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    TranslatedElement.#connected.delete(this)
    if (TranslatedElement.#connected.size > 0) return
    TranslatedElement.#observer?.disconnect()
    TranslatedElement.#observer = undefined
  }

  /** Makes the texts that are made next in the language of the element. */
  speak(): void {
    speak(this.#language ?? language())
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
    if (TranslatedElement.#observer) return
    TranslatedElement.#observer = new MutationObserver(() => {
      for (const element of [...TranslatedElement.#connected]) element.#resolve()
    })
    const options = { attributes: true, attributeFilter: ['lang'], subtree: true }
    TranslatedElement.#observer.observe(document, options)
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
