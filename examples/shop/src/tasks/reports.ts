import { setTimeout as sleep } from 'node:timers/promises'
import { defineTask } from '@taskflow/core'
import { z } from 'zod'

const steps = ['orders', 'returns', 'stock', 'visitors']

/** Sums up a day. Not urgent. */
export const nightlyReport = defineTask({
  name: 'nightly_report',
  group: 'reports',
  schema: z.object({ day: z.union([z.iso.date(), z.literal('yesterday')]) }),
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

/**
 * Lays out the catalogue for print. The layout engine is not ours and prints what it likes, so it
 * has a process of its own, and its output is in the log.
 */
export const printCatalogue = defineTask({
  name: 'print_catalogue',
  group: 'reports',
  executor: 'process',
  schema: z.object({ articles: z.array(z.string().min(1)).min(1).max(100) }),
  retries: 1,
  delayMs: 1_000,
  timeoutMs: 60_000,
  requeueOnInterrupt: true,
  async run({ articles }, { signal, progress }) {
    console.log(`layout: ${articles.length} pages, process ${process.pid}`)
    for (const [done, article] of articles.entries()) {
      progress(done / articles.length, article)
      await sleep(150, undefined, { signal })
      if (article.length > 6) console.error(`layout: "${article}" does not fit on its line`)
    }
    return { pages: articles.length }
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
