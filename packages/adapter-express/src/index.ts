export { taskflow } from './lib/taskflow.ts'
