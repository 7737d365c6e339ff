import type { Options } from 'tsup'

/** What every package builds alike: ESM and types, one file per published entry point. */
export function library(entry: Record<string, string>, options: Options = {}): Options {
  return {
    entry,
    format: 'esm',
    target: 'node22',
    dts: true,
    clean: true,
    sourcemap: true,
    ...options,
  }
}
