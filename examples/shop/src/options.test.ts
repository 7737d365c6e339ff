import { describe, expect, it } from 'vitest'
import { parseOptions } from './options.ts'

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
