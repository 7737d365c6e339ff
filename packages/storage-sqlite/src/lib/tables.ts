/** The names of all tables, without the prefix. */
export const TABLES = [
  'meta',
  'live',
  'done',
  'attempts',
  'logs',
  'keys',
  'instances',
  'changes',
  'rollup',
] as const
