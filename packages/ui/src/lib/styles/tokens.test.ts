import { describe, expect, it } from 'vitest'
import { FILLS, LINES, STATUS_COLOURS, SURFACES, TEXTS } from './token-values.ts'

const MODES = ['light', 'dark'] as const

function luminance(hex: string): number {
  const channels = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
  const [r = 0, g = 0, b = 0] = channels.map((c) =>
    c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4,
  )
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (high + 0.05) / (low + 0.05)
}

describe.each(MODES)('tokens in %s mode', (mode) => {
  const at = MODES.indexOf(mode) as 0 | 1
  const surfaces = Object.entries(SURFACES)

  it.each(Object.keys(TEXTS))('%s is readable on every surface', (name) => {
    const text = TEXTS[name as keyof typeof TEXTS][at]
    for (const [surface, colours] of surfaces) {
      expect(contrast(text, colours[at]), surface).toBeGreaterThanOrEqual(4.5)
    }
  })

  it.each(Object.keys(STATUS_COLOURS))('%s is readable as text, badge and dot', (name) => {
    const { fg, bg, solid } = STATUS_COLOURS[name as keyof typeof STATUS_COLOURS]
    expect(contrast(fg[at], bg[at])).toBeGreaterThanOrEqual(4.5)
    for (const [surface, colours] of surfaces) {
      expect(contrast(fg[at], colours[at]), surface).toBeGreaterThanOrEqual(4.5)
      expect(contrast(solid[at], colours[at]), surface).toBeGreaterThanOrEqual(3)
    }
  })

  it('fills carry their text, and controls have an outline', () => {
    for (const fill of ['accent', 'accent-hover', 'danger'] as const) {
      expect(contrast(FILLS[fill][at], FILLS['on-accent'][at]), fill).toBeGreaterThanOrEqual(4.5)
    }
    for (const surface of ['page', 'surface', 'raised'] as const) {
      expect(contrast(LINES['border-strong'][at], SURFACES[surface][at])).toBeGreaterThanOrEqual(3)
    }
  })
})
