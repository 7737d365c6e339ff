import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'

/** Runs a script that uses the built packages; resolves with its exit code and output. */
async function run(script: string) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  const [code] = await once(child, 'exit')
  return { code, output }
}

const head = `
  import { defineTask, TaskManager } from '@taskflow/core'
  const hello = defineTask({ name: 'hello', run: () => console.log('hello') })
  const tasks = new TaskManager({ tasks: [hello] })`

describe('a process of its own', () => {
  it('stays alive for what a started manager has to do later, until it is stopped', async () => {
    const { code, output } = await run(`${head}
      await tasks.start()
      tasks.subscribe(({ step }) => { if (step === 'success') void tasks.stop() })
      await tasks.enqueue(hello, undefined, { delayMs: 300 })`)
    expect({ code, output }).toEqual({ code: 0, output: 'hello\n' })
  })

  it('ends when it has only enqueued', async () => {
    expect(await run(`${head}\n await tasks.enqueue(hello)`)).toEqual({ code: 0, output: '' })
  })

  it('tests its tasks with the runner it likes', async () => {
    const { code, output } = await run(`
      import assert from 'node:assert'
      import { test } from 'node:test'
      import { defineTask } from '@taskflow/core'
      import { testManager } from '@taskflow/core/testing'
      const hello = defineTask({ name: 'hello', run: () => 'hello' })
      test('greets', async () => {
        const tasks = testManager({ tasks: [hello] })
        const ref = await tasks.enqueue(hello)
        await tasks.drain()
        assert.equal(await tasks.result(ref), 'hello')
        await tasks.clock.advance(86_400_000)
      })`)
    expect(code).toBe(0)
    expect(output).toMatch(/pass 1$/m)
  })

  it('stops on a signal where the manager was asked to listen', async () => {
    const { code, output } = await run(`
      import { TaskManager } from '@taskflow/core'
      const tasks = new TaskManager({ tasks: [], handleSignals: true })
      await tasks.start()
      tasks.stopping.addEventListener('abort', () => console.log('stopping'))
      process.kill(process.pid, 'SIGTERM')`)
    expect({ code, output }).toEqual({ code: 0, output: 'stopping\n' })
  })
})
