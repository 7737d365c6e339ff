import { auditCases } from './audit.ts'
import { beatCases } from './beat.ts'
import { Bench } from './bench.ts'
import { cancelCases } from './cancel.ts'
import { chainedCases } from './chained.ts'
import { changesCases } from './changes.ts'
import { claimCases } from './claim.ts'
import { connectionCases } from './connection.ts'
import { dependenciesCases } from './dependencies.ts'
import { dependencyRacesCases } from './dependency-races.ts'
import { durableCases } from './durable.ts'
import { flowsCases } from './flows.ts'
import { functionsCases } from './functions.ts'
import { getCases } from './get.ts'
import type { StorageHarness, Suite, TestRunner } from './harness.ts'
import { inOrderCases } from './in-order.ts'
import { insertCases } from './insert.ts'
import { instancesCases } from './instances.ts'
import { lateCases } from './late.ts'
import { lifeOfATaskCases } from './life-of-a-task.ts'
import { limitsCases } from './limits.ts'
import { listCases } from './list.ts'
import { listIdsCases } from './list-ids.ts'
import { listPagingCases } from './list-paging.ts'
import { listenCases } from './listen.ts'
import { logsCases } from './logs.ts'
import { metricsCases } from './metrics.ts'
import { nextRunAtCases } from './next-run-at.ts'
import { parentFailureCases } from './parent-failure.ts'
import { parentRetryCases } from './parent-retry.ts'
import { pruneCases } from './prune.ts'
import { pruneParentsCases } from './prune-parents.ts'
import { recoverCases } from './recover.ts'
import { rescheduleCases } from './reschedule.ts'
import { retryOfCases } from './retry-of.ts'
import { scheduleTicksCases } from './schedule-ticks.ts'
import { schedulesCases } from './schedules.ts'
import { seriesCases } from './series.ts'
import { sessionsCases } from './sessions.ts'
import { settleCases } from './settle.ts'
import { settleFenceCases } from './settle-fence.ts'
import { standInCases } from './stand-in.ts'
import { suspectsCases } from './suspects.ts'
import { textCases } from './text.ts'
import { textPartsCases } from './text-parts.ts'

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
    textPartsCases(suite)
    retryOfCases(suite)
    flowsCases(suite)
    dependenciesCases(suite)
    parentFailureCases(suite)
    parentRetryCases(suite)
    dependencyRacesCases(suite)
    claimCases(suite)
    suspectsCases(suite)
    nextRunAtCases(suite)
    settleCases(suite)
    settleFenceCases(suite)
    chainedCases(suite)
    lateCases(suite)
    beatCases(suite)
    recoverCases(suite)
    rescheduleCases(suite)
    cancelCases(suite)
    lifeOfATaskCases(suite)
    getCases(suite)
    listCases(suite)
    listPagingCases(suite)
    listIdsCases(suite)
    metricsCases(suite)
    pruneCases(suite)
    pruneParentsCases(suite)
    if (suite.has('logs')) logsCases(suite)
    if (suite.has('changes')) changesCases(suite)
    if (suite.has('instances')) instancesCases(suite)
    if (suite.has('functions')) functionsCases(suite)
    if (suite.has('functions')) limitsCases(suite)
    if (suite.has('series')) seriesCases(suite)
    if (suite.has('schedules')) schedulesCases(suite)
    if (suite.has('schedules')) scheduleTicksCases(suite)
    if (suite.has('audit')) auditCases(suite)
    if (suite.has('sessions')) sessionsCases(suite)
    if (suite.has('durable')) durableCases(suite)
    if (suite.has('inOrder')) inOrderCases(suite)
    if (suite.has('listen')) listenCases(suite)
    if (suite.has('standIn')) standInCases(suite)
  })
}
