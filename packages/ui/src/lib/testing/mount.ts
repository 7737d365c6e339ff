// biome-ignore-all lint/performance/useDomNodeTextContent: tests read what people see
import { vi } from 'vitest'
import '../../define.ts'
import type { TaskflowDashboardElement } from '../elements/dashboard.ts'
import type { FakeHandler } from './fake-handler.ts'

let mounted = 0

/** Puts a dashboard of its own base into the page, and waits until it is live. */
export async function mountDashboard(
  handler: FakeHandler,
  attributes: Record<string, string> = {},
): Promise<TaskflowDashboardElement> {
  mounted += 1
  const element = document.createElement('taskflow-dashboard')
  element.base = '/tasks'
  // Keeps the stores of tests apart, though all have the same base.
  element.credentials = mounted % 2 ? 'same-origin' : 'include'
  element.fetch = handler.fetch
  element.urlSync = 'none'
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  document.body.append(element)
  await element.updateComplete
  return element
}

/** Takes everything out of the page and forgets what was remembered. */
export async function unmountAll(): Promise<void> {
  document.body.replaceChildren()
  localStorage.clear()
  history.replaceState(null, '', location.pathname)
  // Stores stop in the task after the last element left.
  await new Promise((resolve) => setTimeout(resolve))
}

/** First match in an element and all shadow roots below it. */
export function find<Found extends Element = HTMLElement>(
  root: Element | ShadowRoot,
  selector: string,
): Found | null {
  return findAll<Found>(root, selector)[0] ?? null
}

/**
 * All matches in an element and all shadow roots below it, in document order per root. `a >>> b`
 * is `b` anywhere inside of `a`.
 */
export function findAll<Found extends Element = HTMLElement>(
  root: Element | ShadowRoot,
  selector: string,
): Found[] {
  const [outer = '', ...inner] = selector.split(' >>> ')
  if (inner.length > 0) {
    return findAll(root, outer).flatMap((one) => findAll<Found>(one, inner.join(' >>> ')))
  }
  const scope = root instanceof Element ? (root.shadowRoot ?? root) : root
  const found = [...scope.querySelectorAll<Found>(selector)]
  if (root instanceof Element && root.shadowRoot)
    found.push(...root.querySelectorAll<Found>(selector))
  for (const child of scope.querySelectorAll('*')) {
    if (child.shadowRoot) found.push(...findAll<Found>(child, selector))
  }
  return [...new Set(found)]
}

/** Waits for a match. */
export function waitForElement<Found extends Element = HTMLElement>(
  root: Element,
  selector: string,
): Promise<Found> {
  return vi.waitFor(
    () => {
      const found = find<Found>(root, selector)
      if (!found) throw new Error(`nothing matches ${selector}`)
      return found
    },
    { timeout: 4000 },
  )
}

/** What a person reads in an element and its shadow roots. */
export function textOf(root: Element): string {
  const parts: string[] = []
  const walk = (node: Node) => {
    if (node instanceof Text) parts.push(node.data)
    if (node instanceof Element && node.shadowRoot)
      for (const child of node.shadowRoot.childNodes) walk(child)
    if (!(node instanceof HTMLStyleElement)) for (const child of node.childNodes) walk(child)
  }
  walk(root)
  return parts.join(' ').replace(/\s+/g, ' ').trim()
}

/** Texts of the rows of the list. */
export function rowTexts(root: Element): string[] {
  return findAll(root, 'tbody tr').map((row) => row.innerText.replace(/\s+/g, ' '))
}
