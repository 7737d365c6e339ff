import { TaskflowProviderElement } from '../lib/elements/provider.ts'
import { defineElement } from '../lib/lazy.ts'

defineElement('taskflow-provider', TaskflowProviderElement)

export { TaskflowProviderElement }

declare global {
  interface HTMLElementTagNameMap {
    'taskflow-provider': TaskflowProviderElement
  }
}
