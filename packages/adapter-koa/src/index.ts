export { type TaskflowContext, taskflow } from './lib/taskflow.ts'
