import { setTimeout as sleep } from 'node:timers/promises'
import { defineTask } from '@taskflow/core'
import { z } from 'zod'

const steps = ['orders', 'returns', 'stock', 'visitors']

/** Sums up a day. Not urgent. */
export const nightlyReport = defineTask({
  name: 'nightly_report',
  group: 'reports',
  schema: z.object({ day: z.iso.date() }),
  priority: -10,
  retries: 1,
  delayMs: 5_000,
  requeueOnInterrupt: true,
  async run({ day }, { signal, log, progress }) {
    for (const [done, step] of steps.entries()) {
      progress(done / steps.length, step)
      await sleep(400 + Math.random() * 400, undefined, { signal })
      log(`Summed up the ${step} of ${day}`)
    }
    if (Math.random() < 0.3) log('Visitors: the numbers of 03:00 to 04:00 are missing', 'warn')
    return { day, pages: 3 }
  },
})

/** Exports all orders, which takes as long as it was told to. Stops when asked to. */
export const exportOrders = defineTask({
  name: 'export_orders',
  group: 'reports',
  schema: z.object({ seconds: z.number().min(0).max(3_600) }),
  requeueOnInterrupt: true,
  async run({ seconds }, { signal, log, progress }) {
    const parts = Math.max(1, Math.min(100, Math.round(seconds * 4)))
    for (let part = 1; part <= parts; part++) {
      await sleep((seconds * 1_000) / parts, undefined, { signal })
      progress(part / parts, `part ${part} of ${parts}`)
      if (part % 10 === 0 || part === parts) log(`Wrote part ${part} of ${parts}`)
    }
    return { rows: parts * 250 }
  },
})
