import { setTimeout as sleep } from 'node:timers/promises'
import { AbandonTask, defineTask } from '@taskflow/core'
import { z } from 'zod'

/**
 * Tells a partner whose server fails more often than not. Tried five times, after about 1, 2, 4
 * and 8 s; now and then the partner is gone for good, and then no further try is made.
 */
export const flakyWebhook = defineTask({
  name: 'flaky_webhook',
  group: 'integrations',
  schema: z.object({ event: z.string().min(1).max(100) }),
  retries: 4,
  delayMs: 1_000,
  backoff: 2,
  jitter: 0.3,
  async run({ event }, { attempt, signal, log }) {
    log(`POST https://partner.example/hooks (${event}), attempt ${attempt + 1}`)
    await sleep(100 + Math.random() * 300, undefined, { signal })
    const luck = Math.random()
    if (luck < 0.04) throw new AbandonTask('partner.example answered 410 Gone')
    if (luck < 0.6) throw new Error(`partner.example answered ${luck < 0.3 ? 503 : 429}`)
    log('partner.example answered 204')
  },
})

/** Asks the supplier what is on stock. */
export const syncInventory = defineTask({
  name: 'sync_inventory',
  group: 'integrations',
  schema: z.object({ supplier: z.string() }),
  timeoutMs: 10_000,
  retries: 2,
  delayMs: 3_000,
  requeueOnInterrupt: true,
  async run({ supplier }, { signal, log }) {
    await sleep(300 + Math.random() * 900, undefined, { signal })
    log(`${supplier}: ${Math.floor(Math.random() * 400)} articles changed`)
  },
})
