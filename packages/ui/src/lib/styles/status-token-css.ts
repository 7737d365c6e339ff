import { type Pair, STATUS_COLOURS } from './token-values.ts'

/** Tokens of the font that everything is written in, but for code. */
export const FONT = {
  'font-sans': "ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  'font-size': '13px',
}

/** Those that a status by itself is drawn with. */
export function statusTokenDeclarations(): string {
  return [...statusDeclarations(), ...plainDeclarations(FONT)].join('\n')
}

/** The declarations of the colours of every status. */
export function statusDeclarations(): string[] {
  return Object.entries(STATUS_COLOURS).flatMap(([name, colours]) =>
    Object.entries(colours).map(
      ([role, pair]) => `--_${name}-${role}: var(--taskflow-${name}-${role}, ${lightDark(pair)});`,
    ),
  )
}

/** Declarations of tokens whose value is text, by their names. */
export function plainDeclarations(plain: Record<string, string>): string[] {
  return Object.entries(plain).map(
    ([name, value]) => `--_${name}: var(--taskflow-${name}, ${value});`,
  )
}

/** A colour in either scheme. */
export function lightDark([light, dark]: Pair): string {
  return light === dark ? light : `light-dark(${light}, ${dark})`
}
