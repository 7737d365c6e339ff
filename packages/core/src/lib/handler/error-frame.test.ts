import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TaskJson } from '../client/wire.ts'
import { errorFrame } from './error-frame.ts'
import { broken, quick, testApp } from './test-app.ts'

describe('where an error comes from', () => {
  it.each([
    [
      'the first frame',
      'Error: x\n    at run (file:///app/a.ts:3:9)\n    at b (/app/b.ts:1:1)',
      'run (/app/a.ts:3)',
    ],
    [
      'of own code',
      'Error: x\n    at emit (node:events:1:2)\n    at get (/app/node_modules/got/i.js:5:6)\n    at async /app/c.ts:7:8',
      '/app/c.ts:7',
    ],
    [
      'of packages, where nothing else is',
      'Error: x\n    at emit (node:events:1:2)',
      'emit (node:events:1)',
    ],
    ['not of the cause', 'Error: x\nCaused by: Error: y\n    at run (/app/a.ts:3:9)', null],
    ['not of what only looks like one', 'Error: at night\n    at somewhere', null],
    ['nowhere', null, null],
  ])('%s', (_, stack, frame) => {
    expect(errorFrame(stack)).toBe(frame)
  })

  it('is read fast, whatever the stack holds', () => {
    const hostile = `${'    at '.repeat(100_000)}\n${'at (:1:1 '.repeat(50_000)}\n    at ${'(:1'.repeat(160)}`
    expect(errorFrame(hostile.repeat(5))).toMatch(/^\(:1/)
  })
})

describe('lists', () => {
  let app: Awaited<ReturnType<typeof testApp>>
  beforeEach(async () => {
    app = await testApp({}, { tasks: [quick, broken] })
  })
  afterEach(() => app.stop())

  it('tell where an error comes from, without its stack', async () => {
    const ok = await app.manager.enqueue(quick, {})
    const bad = await app.manager.enqueue(broken)
    await app.until(ok.taskId, 'success')
    await app.until(bad.taskId, 'failed')
    const { body } = await app.json('GET', '/?logs=0')
    const byName = new Map((body as TaskJson[]).map((task) => [task.func_name, task]))
    expect(byName.get('broken')?.error_frame).toMatch(/test-app\.ts:\d+\)?$/)
    expect(byName.get('broken')).not.toHaveProperty('stacktrace')
    expect(byName.get('quick')?.error_frame).toBeNull()
  })
})
