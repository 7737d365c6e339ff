import { describeBodies } from './bodies.ts'
import { describeClientAddress } from './client-address.ts'
import type { AdapterHarness, AdapterTestRunner } from './harness.ts'
import { describeRequestTasks } from './request-tasks.ts'
import { describeResponses } from './responses.ts'
import { describeRights } from './rights.ts'
import { describeRouting } from './routing.ts'
import { describeStreams } from './streams.ts'

/**
 * Proves an adapter over real servers and sockets: what it answers and what it passes on, bodies,
 * cookies, streams, back-pressure, errors, the tasks of a request, and who may do what.
 *
 * ```ts
 * import { describe, it } from 'vitest'
 * describeAdapter('express', harness, { describe, it })
 * ```
 */
export function describeAdapter(
  name: string,
  harness: AdapterHarness,
  runner: AdapterTestRunner,
): void {
  runner.describe(`adapter ${name}`, () => {
    describeRouting(harness, runner)
    describeBodies(harness, runner)
    describeResponses(harness, runner)
    describeStreams(harness, runner)
    describeRequestTasks(harness, runner)
    describeClientAddress(harness, runner)
    describeRights(harness, runner)
  })
}
