import type { TransportOptions } from '@taskflow/core/client'

/**
 * Signs out as the form would, with the headers that a host asks for. When that fails, the form is
 * sent after all, and the answer says why.
 */
export async function signOut(form: HTMLFormElement, transport: TransportOptions): Promise<void> {
  const { fetch = globalThis.fetch, credentials = 'same-origin' } = transport
  try {
    const answer = await fetch(form.action, { method: 'POST', credentials })
    // Redirected to where one is signed out.
    if (answer.ok) return location.assign(answer.url)
  } catch {
    // As when it was refused.
  }
  form.submit()
}
