import type { Lifetime } from './manager/lifetime.ts'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/**
 * Stops a manager on SIGINT and SIGTERM; a second signal shortens the stop. Handlers that go on all
 * the same would keep the process alive while their tasks run elsewhere: the signal then ends it,
 * as it would have without us, unless the host listens for it too. Returns what ends all that.
 */
export function stopOnSignals(lifetime: Lifetime, onError: (error: unknown) => void): () => void {
  const off = () => {
    for (const signal of SIGNALS) process.off(signal, stop)
  }
  const stop = (signal: NodeJS.Signals) => {
    const alone = process.listenerCount(signal) === 1
    // The second signal shortens; the third is the host's or the system's again.
    if (lifetime.stopping.aborted) off()
    lifetime.stop().then(({ abandoned }) => {
      off()
      if (abandoned > 0 && alone) process.kill(process.pid, signal)
    }, onError)
  }
  // First, so that those of the host that listen once are still there to be counted.
  for (const signal of SIGNALS) process.prependListener(signal, stop)
  return off
}
