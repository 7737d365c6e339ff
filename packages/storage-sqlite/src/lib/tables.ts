/** The names of all tables, without the prefix. */
export const TABLES = [
  'meta',
  'kinds',
  'ids',
  'live',
  'done',
  'labels',
  'keys',
  'edges',
  'attempts',
  'logs',
  'owners',
  'instances',
  'changes',
  'rollup',
  'recent',
  'waits',
  'functions',
  'schedules',
  'ticks',
  'audit',
  'logins',
  'ended_sessions',
] as const

/** Indexes that statements name. */
export const INDEXES = ['live_running', 'done_kind'] as const
