import type { Clock } from '../clock.ts'

const LAST_MS = 10_000

/**
 * Waits for a part of a shutdown, but not for ever: what hangs is reported and left behind. Rejects
 * where the part does.
 */
export async function lastWords(
  part: string,
  work: () => Promise<unknown> | undefined,
  { clock, onError }: { clock: Clock; onError: (error: unknown) => void },
): Promise<void> {
  let cancelTimer = () => {}
  const late = new Promise<void>((resolve) => {
    cancelTimer = clock.after(LAST_MS, () => {
      onError(new Error(`stop: ${part}: no end within ${LAST_MS} ms, left behind`))
      resolve()
    })
  })
  try {
    await Promise.race([work(), late])
  } finally {
    cancelTimer()
  }
}
