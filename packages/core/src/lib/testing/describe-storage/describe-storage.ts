import { beatCases } from './beat.ts'
import { Bench } from './bench.ts'
import { cancelCases } from './cancel.ts'
import { changesCases } from './changes.ts'
import { claimCases } from './claim.ts'
import { connectionCases } from './connection.ts'
import { getCases } from './get.ts'
import type { StorageHarness, Suite, TestRunner } from './harness.ts'
import { insertCases } from './insert.ts'
import { instancesCases } from './instances.ts'
import { listCases } from './list.ts'
import { listPagingCases } from './list-paging.ts'
import { logsCases } from './logs.ts'
import { metricsCases } from './metrics.ts'
import { pruneCases } from './prune.ts'
import { recoverCases } from './recover.ts'
import { rescheduleCases } from './reschedule.ts'
import { retryOfCases } from './retry-of.ts'
import { settleCases } from './settle.ts'
import { settleFenceCases } from './settle-fence.ts'
import { textCases } from './text.ts'

/**
 * Proves that a storage keeps the contract of `TaskStorage`. Every case gets a storage of its own
 * and passes its own `now`, so no case waits.
 *
 * @example
 * describeStorage('my storage', { facts: ['logs'], create }, { describe, it })
 */
export function describeStorage(name: string, harness: StorageHarness, runner: TestRunner): void {
  const suite: Suite = {
    describe: (title, define) => void runner.describe(title, define),
    has: (fact) => harness.facts.includes(fact),
    test(title, run) {
      runner.it(title, async () => {
        const bench = new Bench(await harness.create())
        try {
          await bench.storage.open()
          await run(bench)
        } finally {
          await bench.dispose()
        }
      })
    },
  }
  runner.describe(name, () => {
    connectionCases(suite)
    insertCases(suite)
    textCases(suite)
    retryOfCases(suite)
    claimCases(suite)
    settleCases(suite)
    settleFenceCases(suite)
    beatCases(suite)
    recoverCases(suite)
    rescheduleCases(suite)
    cancelCases(suite)
    getCases(suite)
    listCases(suite)
    listPagingCases(suite)
    metricsCases(suite)
    pruneCases(suite)
    if (suite.has('logs')) logsCases(suite)
    if (suite.has('changes')) changesCases(suite)
    if (suite.has('instances')) instancesCases(suite)
  })
}
