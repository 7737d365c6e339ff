import { describe, expect, it } from 'vitest'
import { minifierMark, minifyScript } from '../../../build/minify-script.ts'

const run = async (code: string) =>
  await import(`data:text/javascript,${encodeURIComponent(await minifyScript(code))}`)

describe('minifyScript', () => {
  it('keeps what a module exports', async () => {
    const module = await run(
      'var a=n=>n+1;class x{#n=2;get n(){return a(this.#n)}}export{x as Counter,a as b};',
    )
    expect(module.b(1)).toBe(2)
    expect(new module.Counter().n).toBe(3)
  })

  it('calls what comes from other modules by their names', async () => {
    const code = await minifyScript(
      'import{a as x,b as a}from"./c.js";import{a as y}from"./d.js";function z(q){return x(a,y,q)}export{z as c};',
    )
    expect(code).toContain('import{a,b}from"./c.js"')
    // The name is taken by then.
    expect(code).toMatch(/import\{a as (?!a\b|b\b)[\w$]+\}from"\.\/d\.js"/)
    expect(code).toMatch(/export\{c\}/)
    expect(code).toMatch(/a\(b,/)
  })

  it('drops the mark that the names of files depend on', async () => {
    expect(minifierMark).toMatch(/^\/\/ terser \d+\.\d+\.\d+ \{/)
    expect(await minifyScript(`var a=1;export{a as b};\n${minifierMark}\n`)).toBe(
      'var b=1;export{b};',
    )
  })
})
