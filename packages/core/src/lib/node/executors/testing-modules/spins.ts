import { TaskManager } from '../../../run/task-manager.ts'
import { memoryStorage } from '../../../storage/memory/memory-storage.ts'
import { onProcess } from '../test-tasks.ts'

// An app with a child in an endless loop; tells its log.
const { spin } = onProcess
if (!spin) throw new Error('expected the task')
const manager = new TaskManager({
  tasks: [spin],
  tasksFile: new URL('../test-tasks.ts', import.meta.url),
  storage: memoryStorage(),
  observers: [{ onLog: ({ message }) => void process.send?.(message) }],
})
await manager.start()
await manager.enqueue(spin, null)
