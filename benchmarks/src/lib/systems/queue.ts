/** What travels with each job. */
export interface Payload {
  n: number
  /** `now()` at the call of enqueue, with latencies. */
  at: number
}

/**
 * - `ten`: ten jobs at a time, else as the system comes, but without slow polling.
 * - `tuned`: what its documentation recommends for throughput.
 * - `latency`: what starts an idle system's next job soonest.
 * - `recovery`: as `ten`, and the job of a killed process is to run again.
 */
export type Mode = 'ten' | 'tuned' | 'latency' | 'recovery'

/** Where a system keeps its jobs; nothing else is kept there. */
export interface Place {
  /** File, database URL, or key prefix. */
  location: string
  /** Server of a key prefix. */
  server: string
}

/** A job queue as the rows drive it. One per process. */
export interface Queue {
  /** Connects and makes the schema. */
  open(mode: Mode): Promise<void>
  enqueue(payload: Payload): Promise<unknown>
  /** Absent: the system has no such call. */
  enqueueMany?(payloads: Payload[]): Promise<unknown>
  /** Starts to run jobs; `close` ends that. A handler that returns nothing has ended at once. */
  work(handler: (payload: Payload) => void | Promise<void>): Promise<void>
  /** Jobs not yet finished, as stored. */
  unfinished(): Promise<number>
  /** Adds finished rows. Absent: the system keeps none. */
  fillHistory?(count: number): Promise<void>
  close(): Promise<void>
}

/** Raised for what a system cannot do: its line says "not run" and why. */
export class NotRun extends Error {}

/** Milliseconds on one clock for all processes of this machine. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

export const QUEUE_NAME = 'bench'
