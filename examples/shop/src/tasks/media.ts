import { setTimeout as sleep } from 'node:timers/promises'
import { AbandonTask, defineTask } from '@taskflow/core'
import { z } from 'zod'

/** Makes the sizes of an article's photo. Safe to start over, so an interruption requeues it. */
export const resizeImage = defineTask({
  name: 'resize_image',
  group: 'media',
  schema: z.object({ file: z.string(), widths: z.array(z.number().int().positive()).min(1) }),
  retries: 1,
  delayMs: 1_000,
  timeoutMs: 30_000,
  requeueOnInterrupt: true,
  async run({ file, widths }, { signal, log, progress }) {
    if (!/\.(jpe?g|png|webp)$/i.test(file)) {
      throw new AbandonTask(`Expected a photo, got ${file}: trying again will not change that`)
    }
    for (const [done, width] of widths.entries()) {
      progress(done / widths.length, `${width} px`)
      await sleep(200 + width / 4, undefined, { signal })
      log(`Wrote ${file.replace(/\.\w+$/, '')}-${width}.webp`)
    }
    return { files: widths.length }
  },
})
