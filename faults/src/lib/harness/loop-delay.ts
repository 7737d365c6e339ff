import { monitorEventLoopDelay } from 'node:perf_hooks'

/** Measures how long this event loop is held up, until `stop`, which returns the 99th percentile in ms. */
export function intervalDelays(): { stop(): number } {
  const histogram = monitorEventLoopDelay({ resolution: 5 })
  histogram.enable()
  return {
    stop() {
      histogram.disable()
      return histogram.percentile(99) / 1e6
    },
  }
}
