/** `[light, dark]`, as in the token table of the design. */
export type Pair = readonly [light: string, dark: string]

/** Surfaces that text may stand on. */
export const SURFACES = {
  page: ['#f6f7f9', '#0d0f14'],
  surface: ['#ffffff', '#14171d'],
  raised: ['#ffffff', '#1b1f27'],
  sunken: ['#f3f4f7', '#0f1217'],
  hover: ['#f1f3f6', '#20252e'],
  selected: ['#edf3fe', '#172640'],
} as const satisfies Record<string, Pair>

/** Text roles: at least 4.5:1 on every surface. */
export const TEXTS = {
  text: ['#14171f', '#e8ebf1'],
  muted: ['#555d6d', '#a7afbe'],
  faint: ['#646b7a', '#959dae'],
  'accent-text': ['#1e59cd', '#77a4f6'],
} as const satisfies Record<string, Pair>

/** Lines: `border` is decoration, `border-strong` outlines controls. */
export const LINES = {
  border: ['#dfe3ea', '#2a303b'],
  'border-strong': ['#838b9b', '#6f7787'],
} as const satisfies Record<string, Pair>

/** Fills that carry white text. */
export const FILLS = {
  accent: ['#1e59cd', '#3a6cd0'],
  'accent-hover': ['#1748ab', '#3161bd'],
  'on-accent': ['#ffffff', '#ffffff'],
  danger: ['#bc0d1c', '#cf3338'],
} as const satisfies Record<string, Pair>

/** Per status: text and icon, badge, badge border, dot and bar. */
export const STATUS_COLOURS = {
  pending: status('#636870 #f3f4f5 #d2d4d9 #848993', '#a1a6b0 #26282b #46484c #7f838d'),
  scheduled: status('#097378 #e7f8f8 #b3dee0 #1c989e', '#46b6bc #072e30 #225052 #0d9298'),
  blocked: status('#66667d #f3f3f8 #d3d3de #8888a0', '#a3a4bc #27272f #464751 #808198'),
  running: status('#0462d3 #edf4ff #bbd6fe #3587fb', '#6ca7fe #102749 #274777 #2f81f4'),
  retrying: status('#8d5e05 #fef2e3 #edcfa7 #b97d09', '#d9982a #372303 #5e4216 #b17807'),
  success: status('#0a7736 #e8f9eb #b5e1bd #2c9d51', '#51bd6f #0b3016 #265331 #21954a'),
  failed: status('#c92228 #fdf0ef #fec4bd #f2504b', '#f98076 #441715 #70322d #eb4945'),
  interrupted: status('#a84e05 #fef1ea #fac8ad #d46e2a', '#f18848 #3f1d07 #683b20 #cd6722'),
  cancelled: status('#a34680 #feeff7 #f4c4de #ca69a3', '#e783bd #3b1b2e #623850 #c3639c'),
  adhoc: status('#794ccd #f4f2fe #d7ccff #9a71f5', '#af93fb #2b1f46 #4c3c73 #9369ec'),
} as const

/** The four colours of a status. */
export interface StatusColours {
  fg: Pair
  bg: Pair
  line: Pair
  solid: Pair
}

function status(light: string, dark: string): StatusColours {
  const [a, b] = [light.split(' '), dark.split(' ')]
  const pair = (index: number): Pair => [a[index] ?? '', b[index] ?? '']
  return { fg: pair(0), bg: pair(1), line: pair(2), solid: pair(3) }
}
