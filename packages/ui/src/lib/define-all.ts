import { TaskflowDashboardElement } from './elements/dashboard.ts'
import { TaskflowLiveElement } from './elements/live.ts'
import { TaskflowProviderElement } from './elements/provider.ts'
import { defineElement, defineLater, fetchWhenIdle } from './lazy.ts'
import { loaders } from './loaders.ts'

/** Registers every element; the code of most follows when one asks for it, or the page is idle. */
export function defineAll(): void {
  // The provider comes first: what stands inside of one asks it.
  defineElement('taskflow-provider', TaskflowProviderElement)
  defineElement('taskflow-dashboard', TaskflowDashboardElement)
  defineElement('taskflow-live', TaskflowLiveElement)
  defineLater(loaders)
  fetchWhenIdle()
}
