import { describe, expect, it } from 'vitest'
import { defineLater, needElement } from './lazy.ts'
import { loaders } from './loaders.ts'

describe('needElement', () => {
  it('registers what comes in the same file and waits, in order, and nothing else of it', async () => {
    const order: string[] = []
    const element = (name: string) =>
      class extends HTMLElement {
        connectedCallback(): void {
          order.push(name)
        }
      }
    const load = async () => ({
      'x-inner': element('inner'),
      'x-outer': element('outer'),
      'x-other': element('other'),
    })
    document.body.append(document.createElement('x-outer'), document.createElement('x-inner'))
    defineLater({ 'x-outer': load, 'x-inner': load })
    await needElement('x-outer')
    expect(order).toEqual(['inner', 'outer'])
    expect(customElements.get('x-other')).toBeUndefined()
    document.body.replaceChildren()
  })

  it('tries again after a file could not be fetched', async () => {
    let tries = 0
    const load = async () => {
      if (++tries === 1) throw new Error('offline')
      return { 'x-late': class extends HTMLElement {} }
    }
    defineLater({ 'x-late': load })
    await expect(needElement('x-late')).rejects.toThrow('offline')
    await needElement('x-late')
    expect(customElements.get('x-late')).toBeDefined()
  })
})

describe('loaders', () => {
  it.each(Object.keys(loaders))('bring %s', async (name) => {
    expect((await loaders[name]?.())?.[name]?.prototype).toBeInstanceOf(HTMLElement)
  })
})
