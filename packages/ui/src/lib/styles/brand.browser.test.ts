import { LitElement } from 'lit'
import { afterEach, describe, expect, it } from 'vitest'
import { tokens } from './tokens.ts'

class Probe extends LitElement {
  static override styles = [tokens]
}
customElements.define('taskflow-token-probe', Probe)

const BRANDS = [
  '#1e59cd',
  '#e11d48',
  '#f59e0b',
  '#facc15',
  '#16a34a',
  '#0ea5e9',
  '#6366f1',
  '#a855f7',
  '#ec4899',
  '#111827',
  '#f8fafc',
  '#00ff88',
]

afterEach(() => document.body.replaceChildren())

/** The sRGB bytes of a token, as the browser would paint it. */
async function paint(element: LitElement, token: string): Promise<[number, number, number]> {
  const swatch = document.createElement('span')
  swatch.style.setProperty('color', `var(--_${token})`)
  await element.updateComplete
  element.shadowRoot?.append(swatch)
  const canvas = new OffscreenCanvas(1, 1).getContext('2d')
  if (!canvas) throw new Error('no canvas')
  canvas.fillStyle = getComputedStyle(swatch).color
  canvas.fillRect(0, 0, 1, 1)
  swatch.remove()
  const [r = 0, g = 0, b = 0] = canvas.getImageData(0, 0, 1, 1).data
  return [r, g, b]
}

function contrast(a: [number, number, number], b: [number, number, number]): number {
  const luminance = (colour: [number, number, number]) => {
    const [r = 0, g = 0, b = 0] = colour.map((byte) => {
      const c = byte / 255
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (high + 0.05) / (low + 0.05)
}

function probe(theme: string, accent?: string): LitElement {
  const element = new Probe()
  element.setAttribute('theme', theme)
  if (accent) element.style.setProperty('--taskflow-accent', accent)
  document.body.append(element)
  return element
}

describe.each(['light', 'dark'])('in %s mode', (theme) => {
  it.each(BRANDS)(
    'the accent %s alone gives readable buttons, links and selections',
    async (brand) => {
      const element = probe(theme, brand)
      const on = await paint(element, 'on-accent')
      for (const fill of ['accent', 'accent-hover']) {
        expect(contrast(await paint(element, fill), on), fill).toBeGreaterThanOrEqual(4.5)
      }
      const link = await paint(element, 'accent-text')
      const text = await paint(element, 'text')
      for (const surface of ['page', 'surface', 'raised', 'sunken', 'hover', 'selected']) {
        const colour = await paint(element, surface)
        expect(contrast(link, colour), surface).toBeGreaterThanOrEqual(4.5)
        expect(contrast(text, colour), surface).toBeGreaterThanOrEqual(4.5)
      }
    },
  )

  it('the accent is ours unless one is set', async () => {
    const expected = theme === 'light' ? [0x17, 0x48, 0xab] : [0x31, 0x61, 0xbd]
    expect(await paint(probe(theme), 'accent-hover')).toEqual(expected)
  })
})
