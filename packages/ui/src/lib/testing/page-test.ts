import { vi } from 'vitest'
import { page } from 'vitest/browser'
import type { TaskflowDashboardElement } from '../elements/dashboard.ts'
import type { FakeHandler } from './fake-handler.ts'
import { mountDashboard } from './mount.ts'

/** Opens a dashboard at a place, e.g. `/schedules?state=paused`. */
export async function openPage(
  handler: FakeHandler,
  place: string,
  attributes: Record<string, string> = {},
): Promise<TaskflowDashboardElement> {
  await page.viewport(1440, 900)
  location.hash = `#taskflow=${place}`
  return mountDashboard(handler, { 'url-sync': 'hash', ...attributes })
}

/** Answers a request with JSON until something else is said. */
export function answer(handler: FakeHandler, request: string, body: unknown): void {
  handler.overrides.set(request, () => Response.json(body))
}

/** Waits until `check` throws no more; long enough for the code of a page to be fetched first. */
export function soon<Value>(check: () => Value | Promise<Value>): Promise<Value> {
  return vi.waitFor(check, { timeout: 8000 })
}
