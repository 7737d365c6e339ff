/** The names of all tables. */
export const TABLES = [
  'meta',
  'live',
  'done',
  'attempts',
  'logs',
  'keys',
  'edges',
  'released',
  'functions',
  'instances',
  'changes',
  'feed',
  'rollup_minute',
  'rollup_hour',
  'rollup_total',
  'waits',
  'schedules',
  'schedule_ticks',
  'audit',
  'logins',
  'ended_sessions',
] as const

/** What a statement may name: an index, too, whose reads are counted. */
export const NAMED: readonly string[] = [...TABLES, 'live_ready']
