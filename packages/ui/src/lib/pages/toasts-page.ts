export { TaskflowToastsElement } from '../elements/toasts.ts'
export { shared } from './shared.ts'
