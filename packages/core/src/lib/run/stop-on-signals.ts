import type { TaskManager } from './task-manager.ts'

/** Stops a manager on SIGINT and SIGTERM; a second signal shortens the stop. Returns what ends that. */
export function stopOnSignals(manager: TaskManager): () => void {
  const stop = () => void manager.stop().catch((error) => manager.reportError(error))
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const signal of signals) {
    process.on(signal, stop)
    manager.stopping.addEventListener('abort', () => {
      // The second signal shortens; the third is the host's or the system's again.
      process.off(signal, stop)
      process.once(signal, stop)
    })
  }
  return () => {
    for (const signal of signals) process.off(signal, stop)
  }
}
