import { readFileSync, writeFileSync } from 'node:fs'

/** Linux only: forgets the peak so far. Elsewhere the peak is that of the whole process. */
export function resetPeakRss(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5')
  } catch {
    // No such file, or not ours to write.
  }
}

/**
 * The most memory this process held, in MB of 10^6 bytes. `resourceUsage` would tell that of the
 * parent at the time of the fork, if that was more.
 */
export function peakRssMb(): number {
  try {
    const kib = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
    if (kib) return (Number(kib) * 1024) / 1e6
  } catch {
    // Not Linux.
  }
  return (process.resourceUsage().maxRSS * 1024) / 1e6
}
