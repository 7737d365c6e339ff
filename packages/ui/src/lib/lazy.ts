/** Fetches a file with some elements: by their names, in the order to register them in. */
export type Loader = () => Promise<Readonly<Record<string, CustomElementConstructor>>>

/** Loaders by the names of the elements that they bring. */
export type Loaders = Readonly<Record<string, Loader>>

const waiting = new Map<string, Loader>()

/**
 * Registers an element, unless its name is taken: by this copy of the library, or by another one in
 * the page, which then draws it. Without a page, as in Node, it does nothing.
 */
export function defineElement(name: string, element: CustomElementConstructor): void {
  const registry = globalThis.customElements
  if (registry && !registry.get(name)) registry.define(name, element)
}

/**
 * Registers elements whose code is fetched when {@link needElement} asks for it, or because one
 * stands in the page.
 */
export function defineLater(loaders: Loaders): void {
  if (!globalThis.document) return
  for (const [name, load] of Object.entries(loaders)) {
    if (customElements.get(name) || waiting.has(name)) continue
    waiting.set(name, load)
    if (document.querySelector(name)) void needElement(name).catch(() => {})
  }
}

/**
 * Fetches what waits once the page is idle: hosts may use the elements by themselves, and a server
 * that was replaced meanwhile no longer has the files of this build.
 */
export function fetchWhenIdle(): void {
  if (!globalThis.document) return
  const idle = globalThis.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 2000))
  const all = () => idle(() => void Promise.allSettled([...waiting.keys()].map(needElement)))
  if (document.readyState === 'complete') all()
  else addEventListener('load', all, { once: true })
}

/**
 * Fetches the code of an element that was registered for later; at once when it is there, or when
 * nobody registered it. Rejects when the code cannot be fetched. The next call tries again, though
 * browsers keep a failed file for as long as the page lives: only a reload is sure to help.
 */
export async function needElement(name: string): Promise<void> {
  const load = waiting.get(name)
  if (!load) return
  for (const [one, element] of Object.entries(await load())) {
    // Others of the file that nobody registered for later are not asked for.
    if (waiting.delete(one)) defineElement(one, element)
  }
}
