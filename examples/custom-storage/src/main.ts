import { defineTask, TaskManager } from '@taskflow/core'
import { journalStorage } from './journal-storage.ts'

const greet = defineTask({
  name: 'greet',
  run: ({ name }: { name: string }, { log }) => log(`Hello, ${name}`),
})

const file = process.argv[2] ?? 'tasks.jsonl'
const tasks = new TaskManager({ tasks: [greet], storage: journalStorage({ file }) })
const ended = new Promise<void>((resolve) => {
  tasks.subscribe(({ step }) => step === 'success' && resolve())
})
await tasks.start()
await tasks.enqueue(greet, { name: 'Ann' })
await ended
const { tasks: runs } = await tasks.list()
for (const { taskId, status, logTail } of runs) console.log(taskId, status, logTail[0]?.text)
await tasks.stop()
