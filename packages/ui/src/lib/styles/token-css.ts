import { FONT, lightDark, plainDeclarations, statusDeclarations } from './status-token-css.ts'
import { FILLS, LINES, type Pair, STATUS_COLOURS, SURFACES, TEXTS } from './token-values.ts'

/*
 * Public names are `--taskflow-<name>`; inside, everything reads `--_<name>`. The scheme travels in
 * `--_scheme`, which elements inherit through shadow roots, so that `theme` on the outermost one
 * decides for all.
 */

/**
 * With `--taskflow-accent` alone set, the other accent tokens follow from it. Fills of middling
 * lightness, on which neither white nor black can be read, become darker; `clamp(0, x * 1000, 1)`
 * is the "if" of it.
 */
const DERIVED: Record<string, string> = {
  accent:
    'oklch(from var(--taskflow-accent) calc(l - max(0, l - 0.5) * clamp(0, (0.7 - l) * 1000, 1)) c h)',
  'accent-hover': 'oklch(from var(--_accent) calc(l + 0.05 * clamp(-1, (l - 0.6) * 1000, 1)) c h)',
  'on-accent': 'oklch(from var(--_accent) clamp(0, (0.6 - l) * 1000, 1) 0 0)',
  'accent-text':
    'light-dark(oklch(from var(--taskflow-accent) min(l, 0.47) min(c, 0.17) h), oklch(from var(--taskflow-accent) max(l, 0.76) min(c, 0.13) h))',
  selected:
    'light-dark(color-mix(in oklab, var(--taskflow-accent) 8%, #fff), color-mix(in oklab, var(--taskflow-accent) 18%, #14171d))',
}

/** The declarations of all tokens, for `:host` of an element or `:root` of a page. */
export function tokenDeclarations(): string {
  const colours = Object.entries({ ...SURFACES, ...TEXTS, ...LINES, ...FILLS })
  return [
    ...colours.flatMap(([name, pair]) => declare(name, pair)),
    ...statusDeclarations(),
    ...plainDeclarations(PLAIN),
  ].join('\n')
}

/** The `--taskflow-*` properties that hosts may set, with what they are otherwise. */
export function publicProperties(): { name: string; description: string; default: string }[] {
  const colours = { ...SURFACES, ...TEXTS, ...LINES, ...FILLS }
  const of = (name: string, description: string, value: string) => ({
    name: `--taskflow-${name}`,
    description,
    default: value,
  })
  return [
    ...Object.entries(colours).map(([name, pair]) => of(name, 'colour', lightDark(pair))),
    ...Object.entries(PLAIN).map(([name, value]) => of(name, 'size, font or time', value)),
    ...Object.entries(STATUS_COLOURS).flatMap(([name, roles]) =>
      Object.entries(roles).map(([role, pair]) =>
        of(`${name}-${role}`, `${ROLES[role as keyof typeof ROLES]} of ${name}`, lightDark(pair)),
      ),
    ),
  ]
}

const ROLES = { fg: 'text', bg: 'badge', line: 'border of the badge', solid: 'dot and bar' }

const PLAIN: Record<string, string> = {
  focus: 'var(--_accent-text)',
  ...FONT,
  'font-mono': "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace",
  radius: '6px',
  space: '4px',
  'max-width': '1600px',
  duration: '120ms',
  'row-height': '36px',
  'control-height': '28px',
  shadow: '0 8px 24px light-dark(rgb(15 20 32 / 12%), rgb(0 0 0 / 50%))',
}

function declare(name: string, pair: Pair): string[] {
  const derived = DERIVED[name]
  if (!derived) return [`--_${name}: var(--taskflow-${name}, ${lightDark(pair)});`]
  // The helper is invalid, and the fallback of the second line taken, unless an accent is set.
  const helper = name === 'accent' ? derived : derived.replaceAll('var(--_accent)', ACCENT_SET)
  const own = name === 'accent' ? '' : `--taskflow-${name}, `
  return [
    `--_brand-${name}: ${helper};`,
    own
      ? `--_${name}: var(${own}var(--_brand-${name}, ${lightDark(pair)}));`
      : `--_${name}: var(--_brand-${name}, ${lightDark(pair)});`,
  ]
}

const ACCENT_SET = 'var(--_brand-accent)'
