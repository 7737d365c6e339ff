import type { TaskManager } from '@taskflow/core'
import { syncInventory } from './tasks/integrations.ts'
import { nightlyReport } from './tasks/reports.ts'

/** What the shop does by the clock. */
export async function scheduleShop(tasks: TaskManager): Promise<void> {
  await tasks.schedule(
    syncInventory,
    { everyMs: 60_000 },
    { id: 'inventory', payload: { supplier: 'mugs & more' }, runOnStart: true },
  )
  await tasks.schedule(
    nightlyReport,
    { cron: '0 3 * * *', timeZone: 'Europe/Berlin' },
    { id: 'nightly', payload: { day: 'yesterday' }, jitterMs: 120_000 },
  )
}
