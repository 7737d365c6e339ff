import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { parseOptions } from '../examples/shop/src/options.ts'
import { cleanUp, runDemo, startDemo, temporaryStorage } from './support/demo-process.ts'

afterEach(cleanUp)

describe('options of the demo', () => {
  it('has defaults', () => {
    expect(parseOptions([], {})).toEqual({
      framework: 'hono',
      storage: { kind: 'sqlite', file: '.taskflow/demo.db' },
      port: 3_000,
      auth: null,
      trafficPerSecond: 1,
    })
  })

  it('reads options and, below them, the environment', () => {
    const env = {
      TASKFLOW_FRAMEWORK: 'koa',
      TASKFLOW_STORAGE: 'sqlite:/tmp/a:b.db',
      TASKFLOW_PORT: '4000',
      TASKFLOW_AUTH: 'admin:a:b',
      TASKFLOW_TRAFFIC: 'off',
    }
    const fromEnv = {
      framework: 'koa',
      storage: { kind: 'sqlite', file: '/tmp/a:b.db' },
      port: 4_000,
      auth: ['admin', 'a:b'],
      trafficPerSecond: 0,
    }
    expect(parseOptions([], env)).toEqual(fromEnv)
    const args = ['--framework=express', '--storage', 'postgres://u:p@db/shop', '--port', '0']
    expect(parseOptions([...args, '--auth', 'none', '--traffic', '2.5'], env)).toEqual({
      framework: 'express',
      storage: { kind: 'postgres', url: 'postgres://u:p@db/shop' },
      port: 0,
      auth: null,
      trafficPerSecond: 2.5,
    })
  })

  it.each([
    [['--colour', 'red'], /^options: expected --framework, .*--help, got --colour$/],
    [['-x'], /^options: expected .*, got -x$/],
    [['serve'], /^arguments: expected only options, got serve$/],
    [['--port'], /^--port: expected a value, got none$/],
    [['--port', 'http'], /^--port: expected a port from 0 to 65535, got http$/],
    [['--port', '70000'], /^--port: expected a port from 0 to 65535, got 70000$/],
    [['--framework', 'fastify'], /^--framework: expected express, hono or koa, got fastify$/],
    [['--storage', 'sqlite:'], /^--storage: expected memory, sqlite:FILE or .*, got sqlite:$/],
    [['--storage', 'mysql://u:secret@db'], /^--storage: expected .*, got another URL$/],
    [['--auth', 'admin'], /^--auth: expected user:password or none, got neither$/],
    [['--traffic', '-1'], /^--traffic: expected on, off or .*, got -1$/],
  ])('refuses %j', (args, message) => {
    expect(() => parseOptions(args, {})).toThrow(message)
  })

  it('names the variable of a bad value', () => {
    expect(() => parseOptions([], { TASKFLOW_PORT: 'x' })).toThrow(/^TASKFLOW_PORT: expected/)
  })
})

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
