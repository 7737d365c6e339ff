import { defineTask, TaskManager } from '@taskflow/core'
import { shellExecutor } from './shell-executor.ts'

const listFolder = defineTask({
  name: 'list_folder',
  executor: 'shell',
  run: ({ folder }: { folder: string }) => ['ls', '-l', '--', folder],
})

const tasks = new TaskManager({ tasks: [listFolder], executors: [shellExecutor()] })
const ended = new Promise<void>((resolve) => {
  tasks.subscribe(({ step }) => (step === 'success' || step === 'failed') && resolve())
})
await tasks.start()
const { taskId } = await tasks.enqueue(listFolder, { folder: process.argv[2] ?? '.' })
await ended
const { entries } = await tasks.logs({ taskId })
for (const { stream, text } of entries) console.log(`${stream}: ${text}`)
console.log((await tasks.get(taskId))?.status)
await tasks.stop()
