import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { cleanUp, runDemo, startDemo, temporaryStorage } from './support/demo-process.ts'

afterEach(cleanUp)

describe('the command line of the demo', () => {
  const oneLine = (text: string) => text.trimEnd().split('\n').length

  it('helps', async () => {
    const { code, stdout } = await runDemo(['--help'])
    expect(code).toBe(0)
    for (const name of ['framework', 'storage', 'port', 'auth', 'traffic']) {
      expect(stdout).toContain(`--${name}`)
    }
  })

  it.each([
    ['an unknown option', ['--colour', 'red'], 'got --colour'],
    ['a bad value', ['--framework', 'fastify'], 'expected express, hono or koa, got fastify'],
  ])('says in one line what is wrong with %s', async (_, args, expected) => {
    const { code, stdout, stderr } = await runDemo(args)
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toContain(expected)
    expect(oneLine(stderr)).toBe(1)
  })

  it('says in one line that a port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const args = ['--port', String(port), '--storage', temporaryStorage()]
    const { code, stdout, stderr } = await runDemo(args)
    server.close()
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toContain(`--port: expected a free port, got ${port}`)
    expect(oneLine(stderr)).toBe(1)
  })

  it('says in one line that a storage cannot be opened', async () => {
    const storage = temporaryStorage()
    writeFileSync(storage.slice('sqlite:'.length), 'this is no database, but quite some text')
    const { code, stderr } = await runDemo(['--port', '0', '--storage', storage])
    expect(code).toBe(1)
    expect(oneLine(stderr)).toBe(1)
  })

  it('stops when `npm run` is told to, and leaves no process behind', async () => {
    const demo = await startDemo(['--storage', 'memory'], {}, { npm: true })
    expect((await fetch(demo.origin)).status).toBe(200)
    await demo.end('SIGTERM')
    const answers = () =>
      fetch(demo.origin).then(
        () => true,
        () => false,
      )
    await expect.poll(answers, { timeout: 10_000 }).toBe(false)
  })

  it('reads the environment', async () => {
    const env = { TASKFLOW_FRAMEWORK: 'koa', TASKFLOW_STORAGE: 'memory' }
    const demo = await startDemo([], env)
    expect(demo.stdout()).toContain('on koa, memory')
  })
})
