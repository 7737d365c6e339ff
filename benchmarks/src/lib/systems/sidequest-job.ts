import { Job } from '@sidequest/core'
import type { Payload } from './queue.ts'

/** What `sidequest.ts` was given: jobs are found by their file, so they cannot close over it. */
export const current: { handle: (payload: Payload) => void | Promise<void> } = { handle: () => {} }

export class BenchJob extends Job {
  run(payload: Payload) {
    return current.handle(payload)
  }
}
