import { TaskManager } from '@taskflow/core'
import { announce, makePage, publishAlbum, resize } from './album.ts'

const tasks = new TaskManager({ tasks: [resize, makePage, announce] })
const announced = new Promise<string>((resolve) => {
  tasks.subscribe(({ step, funcName, taskId }) => {
    if (step === 'success' && funcName === 'announce') resolve(taskId)
  })
})
await tasks.start()
const page = await publishAlbum(tasks, 'Summer', ['sea.jpg', 'dunes.jpg', 'notes.txt'])
const announcement = await announced
console.log((await tasks.get(page.taskId))?.result)
console.log((await tasks.get(announcement))?.result)
await tasks.stop()
