// The analyzer declares nothing of its programmatic side.
declare module '@custom-elements-manifest/analyzer' {
  import type typescript from 'typescript'
  /** The TypeScript that the analyzer itself uses. */
  export const ts: typeof typescript
  export function create(options: { modules: unknown[]; plugins: unknown[] }): unknown
}

declare module '@custom-elements-manifest/analyzer/src/features/framework-plugins/lit/lit.js' {
  export function litPlugin(): unknown[]
}
