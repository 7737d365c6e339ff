import { toQueryString } from '@taskflow/core/client'
import type { DashboardStore } from '../store/dashboard-store.ts'

/**
 * Saves what the handler answers as a file. Where headers of the host have to go with the request a
 * link cannot do it: the answer is read first.
 */
export async function download(
  store: DashboardStore,
  path: string,
  query: object,
  name: string,
): Promise<void> {
  const { transport, base } = store
  const url = `${base}${path}${toQueryString(query)}`
  if (store.isPlain && isSameOrigin(url)) return save(url, name)
  const send = transport.fetch ?? globalThis.fetch.bind(globalThis)
  const answer = await send(url, { credentials: transport.credentials ?? 'same-origin' })
  if (!answer.ok) throw new Error(`expected a file, got status ${answer.status}`)
  const file = URL.createObjectURL(await answer.blob())
  save(file, name)
  setTimeout(() => URL.revokeObjectURL(file), 60_000)
}

function isSameOrigin(url: string): boolean {
  return new URL(url, location.href).origin === location.origin
}

function save(href: string, name: string): void {
  const link = document.createElement('a')
  link.href = href
  link.download = name
  link.click()
}
