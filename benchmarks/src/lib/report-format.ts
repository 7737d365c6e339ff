/** What one run of the benchmarks leaves behind: the JSON that tables and documents are made of. */
export interface Report {
  format: 1
  environment: Environment
  settings: Settings
  systems: SystemInfo[]
  results: Result[]
}

export type StorageName = 'memory' | 'sqlite' | 'postgres' | 'redis'

/** A queue under test. */
export interface SystemInfo {
  name: string
  title: string
  /** `raw` is a hand-written queue on the bare driver: what the driver can do with hardly any features. */
  kind: 'taskflow' | 'raw' | 'peer'
  storage: StorageName
  /** How it was set up, in words. */
  setup: string
  /** npm packages whose versions matter. */
  packages: string[]
}

/** Counts and limits of a run; each is an option of the command. */
export interface Settings {
  /** Jobs per timed run of enqueue and drain. */
  count: number
  /** Finished rows kept while draining again; 0 leaves these measures out. */
  history: number
  /** Runs of each measure; the median counts. */
  repeat: number
  /** Start latencies taken per run. */
  samples: number
  /** Calls per list query. */
  listCalls: number
  /** Jobs drained while the peak RSS is taken. */
  memoryCount: number
  /** How long an idle system is watched. */
  idleSeconds: number
  /** How long a crashed process's task is waited for. */
  recoverySeconds: number
  /** A timed loop ends after this long; the rate is that of what was done by then. */
  maxSeconds: number
}

export interface Environment {
  /** ISO 8601, the start. */
  date: string
  cpu: string
  cores: number
  memoryGiB: number
  platform: string
  node: string
  /** Whether taskflow ran from its TypeScript or as built. */
  code: 'source' | 'build'
  /** One-minute load average before the first measure: other work on the machine spoils figures. */
  loadBefore: number
  /** npm packages by name. */
  packages: Record<string, string>
  /** Servers, with the settings that decide durability; or why there is none. */
  servers: Record<string, string>
}

export interface Result {
  row: string
  measure: string
  system: string
  status: 'ok' | 'not run'
  /** Why it did not run. */
  reason?: string
  unit: string
  better: 'higher' | 'lower'
  /** Median of `runs`; null when it did not run. */
  value: number | null
  runs: number[]
  /** Median of runs of the same without finished rows, taken in turns with these. */
  empty: number | null
  /** This value over that of the raw queue on the same driver. */
  toRaw: Ratio | null
  /** This value over that of the best peer: of those on the same database, or else of all. */
  toBestPeer: Ratio | null
  /** This value over `empty`. */
  toEmpty: Ratio | null
  goals: GoalResult[]
}

export interface Ratio {
  system: string
  ratio: number
}

export interface GoalResult {
  goal: string
  /** Null when what it is compared with did not run. */
  pass: boolean | null
}
