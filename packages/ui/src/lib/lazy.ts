type Loader = () => Promise<CustomElementConstructor>

const waiting = new Map<string, Loader>()

/** Registers an element, unless its name is taken. */
export function defineElement(name: string, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element)
}

/**
 * Registers elements whose code is fetched when {@link needElement} asks for it, and in any case
 * once the page is idle: hosts may use them by themselves, and a server that was replaced meanwhile
 * no longer has the files of this build.
 */
export function defineLater(loaders: Record<string, Loader>): void {
  for (const [name, load] of Object.entries(loaders)) {
    waiting.set(name, load)
    if (document.querySelector(name)) void needElement(name).catch(() => {})
  }
  const idle = globalThis.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 2000))
  const all = () => idle(() => void Promise.allSettled([...waiting.keys()].map(needElement)))
  if (document.readyState === 'complete') all()
  else addEventListener('load', all, { once: true })
}

/**
 * Fetches the code of an element that was registered for later; at once when it is there, or when
 * nobody registered it. Rejects when the code cannot be fetched; the next call tries again.
 */
export async function needElement(name: string): Promise<void> {
  const load = waiting.get(name)
  if (!load) return
  defineElement(name, await load())
  waiting.delete(name)
}
