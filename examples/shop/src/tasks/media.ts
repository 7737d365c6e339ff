import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { deflateSync } from 'node:zlib'
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

/**
 * Draws a small picture of an article and compresses it: work for the processor, which would hold
 * up the shop's server. So it runs in a thread.
 */
export const renderThumbnail = defineTask({
  name: 'render_thumbnail',
  group: 'media',
  executor: 'thread',
  schema: z.object({ article: z.string().min(1), size: z.number().int().min(16).max(1_024) }),
  timeoutMs: 30_000,
  requeueOnInterrupt: true,
  run({ article, size }, { log, progress }) {
    const seed = createHash('sha256').update(article).digest()
    const pixels = Buffer.alloc(size * size * 3)
    for (let y = 0; y < size; y++) {
      if (y % 32 === 0) progress(y / size, `row ${y} of ${size}`)
      for (let x = 0; x < size; x++) {
        const wave = Math.sin((x * (seed[0] ?? 1)) / size) * Math.cos((y * (seed[1] ?? 1)) / size)
        pixels.fill(128 + Math.round(wave * 127), (y * size + x) * 3, (y * size + x + 1) * 3)
      }
    }
    const file = deflateSync(pixels, { level: 9 })
    log(`Drew ${size} × ${size} pixels of the ${article}`)
    return { bytes: file.length, sha256: createHash('sha256').update(file).digest('hex') }
  },
})
