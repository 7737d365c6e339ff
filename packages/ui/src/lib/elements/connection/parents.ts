import type { StoreElement } from '../store-element.ts'

/** Elements that may not have been upgraded yet when what is inside of them is. */
const PROVIDERS = ['taskflow-provider', 'taskflow-dashboard']

/** The element next outside that has a connection; the name of one that still waits for its code. */
export function connectedParent(element: Element): StoreElement | string | null {
  for (let node = outside(element); node; node = outside(node)) {
    if ('isTaskflowStore' in node) return node as StoreElement
    if (PROVIDERS.includes(node.localName) && !customElements.get(node.localName)) {
      return node.localName
    }
  }
  return null
}

function outside(node: Element): Element | null {
  return node.parentElement ?? (node.parentNode instanceof ShadowRoot ? node.parentNode.host : null)
}
