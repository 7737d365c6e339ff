/** Texts of a language by the English ones. A text that is missing is shown in English. */
export type Catalogue = Readonly<Record<string, string>>

/** A language as it is spoken: its texts, and how it writes numbers, lengths of time and dates. */
export interface Language {
  /** BCP 47, e.g. `de-AT`: what `Intl` formats by. */
  tag: string
  messages: Catalogue
}

type Loader = () => Promise<Catalogue>

const ENGLISH: Language = { tag: 'en', messages: {} }
const loaders = new Map<string, Loader>([
  ['de', async () => (await import('./de/german.ts')).loadGerman()],
])
const catalogues = new Map<string, Catalogue | Promise<Catalogue>>([['en', {}]])

/** How instants are written. */
export interface TimeFormat {
  /** IANA name; empty: the reader's zone. */
  timeZone: string
  /** `h12` or `h11` with AM and PM; anything else is the 24 hours of `h23`. */
  hourCycle: string
}

let spoken = ENGLISH
let times: TimeFormat = { timeZone: '', hourCycle: '' }

/**
 * The language that texts are made in now. Elements set it before they draw and before they handle
 * an event; what they do later, after waiting, calls {@link speak} first where it makes texts.
 */
export function language(): Language {
  return spoken
}

export function speak(one: Language): void {
  spoken = one
}

/** How instants are written now; set together with {@link language}. */
export function timeFormat(): TimeFormat {
  return times
}

export function writeTimes(format: TimeFormat): void {
  times = format
}

/** Makes the texts that are made next in the language of an element, if it has one. */
export function speakAs(element: object): void {
  if ('speak' in element && typeof element.speak === 'function') element.speak()
}

/**
 * Adds a language, or replaces one. `tag` is BCP 47; `pt` serves `pt-BR` too, unless that is there.
 * Texts it lacks are shown in English.
 */
export function registerLanguage(tag: string, load: () => Promise<Catalogue>): void {
  const key = tag.toLowerCase()
  loaders.set(key, load)
  catalogues.delete(key)
}

/** Languages that can be chosen, `en` first. */
export function knownLanguages(): string[] {
  return ['en', ...loaders.keys()]
}

/** The language for a tag; a promise while its texts are being fetched. English when nobody has it. */
export function languageOf(tag: string): Language | Promise<Language> {
  const valid = isTag(tag) ? tag : 'en'
  const key = keyOf(valid)
  const found = catalogues.get(key) ?? fetched(key)
  const made = (messages: Catalogue) => ({
    tag: key === 'en' && !/^en\b/i.test(valid) ? 'en' : valid,
    messages,
  })
  return found instanceof Promise ? found.then(made) : made(found)
}

function fetched(key: string): Promise<Catalogue> {
  const catalogue = (loaders.get(key)?.() ?? Promise.resolve({}))
    // English is better than nothing; the next page tries again.
    .catch(() => ({}))
    .then((messages) => {
      catalogues.set(key, messages)
      return messages
    })
  catalogues.set(key, catalogue)
  return catalogue
}

/** `de-AT`, then `de`, then English. */
function keyOf(tag: string): string {
  let key = tag.toLowerCase()
  while (key && !loaders.has(key)) key = key.slice(0, Math.max(0, key.lastIndexOf('-')))
  return key || 'en'
}

function isTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0
  } catch {
    return false
  }
}
