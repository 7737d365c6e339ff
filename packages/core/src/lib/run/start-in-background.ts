import { systemClock } from '../clock.ts'
import { StorageUnavailableError } from '../errors.ts'
import { Outage } from './outage.ts'
import type { TaskManager } from './task-manager.ts'

/**
 * Starts a manager without anybody waiting for it, as adapters do. What fails is reported, once;
 * while the storage cannot be reached it is tried again, at first soon, later every 5 s. A manager
 * that has been stopped is left alone.
 */
export function startInBackground(
  manager: TaskManager,
  onError: (error: unknown) => void = (error) => manager.reportError(error),
  clock = systemClock,
): void {
  const outage = new Outage('starting waits for the storage', onError)
  const attempt = async () => {
    if (manager.stopping.aborted) return
    try {
      await manager.start()
    } catch (error) {
      if (error instanceof StorageUnavailableError) {
        clock.after(outage.failed(error, Math.random()), () => void attempt())
      } else onError(error)
    }
  }
  void attempt()
}
