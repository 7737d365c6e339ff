import { TaskManager } from '@taskflow/core'
import { afterEach, expect, it } from 'vitest'
import { announce, makePage, publishAlbum, resize } from './album.ts'

const tasks = new TaskManager({ tasks: [resize, makePage, announce] })
afterEach(() => tasks.stop())

it('makes a page of the photos that could be resized, and announces it', async () => {
  await tasks.start()
  const page = await publishAlbum(tasks, 'Summer', ['sea.jpg', 'notes.txt', 'dunes.jpg'])
  await expect.poll(async () => (await tasks.metrics({ funcName: 'announce' })).success).toBe(1)
  const made = await tasks.get(page.taskId)
  expect(made?.result).toEqual({ title: 'Summer', files: ['sea-320.jpg', 'dunes-320.jpg'] })
  const { entries } = await tasks.logs({ taskId: page.taskId })
  expect(entries.map(({ text }) => text)).toEqual([
    `A photo is missing: ${made?.dependsOn[1]} ended failed`,
  ])
  const { tasks: chained } = await tasks.list({ filter: { source: ['chained'] } })
  const results = await Promise.all(chained.map(({ taskId }) => tasks.get(taskId)))
  expect(results.map((run) => run?.result)).toEqual(['Summer: 2 photos'])
})
