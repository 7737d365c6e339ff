export { type TaskflowEnv, taskflow } from './lib/taskflow.ts'
