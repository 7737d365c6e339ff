import cronstrue from 'cronstrue'
import type { StoredTrigger } from './trigger.ts'

/** A trigger in words, as operators read it: `Every 5 minutes`, `At 09:00, Monday through Friday`. */
export function triggerText(trigger: StoredTrigger): string {
  switch (trigger.type) {
    case 'interval':
      return intervalText(trigger.everyMs)
    case 'cron':
      return cronText(trigger.cron)
    case 'date':
      return `Once at ${instantText(trigger.at)}`
    case 'any':
      return trigger.of.map(triggerText).join('; or ')
    case 'shutdown':
      return 'When an instance stops'
  }
}

/** The zone whose clocks count; null where none does. */
export function triggerZone(trigger: StoredTrigger): string | null {
  if (trigger.type === 'cron') return trigger.timeZone
  if (trigger.type !== 'any') return null
  const zones = new Set(trigger.of.map(triggerZone).filter((zone) => zone !== null))
  return zones.size === 0 ? null : [...zones].join(', ')
}

function cronText(cron: string): string {
  try {
    return cronstrue.toString(cron, { use24HourTimeFormat: true })
  } catch {
    // It knows a few fields less than what runs.
    return cron
  }
}

const UNITS: [name: string, ms: number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
]

function intervalText(everyMs: number): string {
  const [name, ms] = UNITS.find(([, size]) => everyMs % size === 0) ?? ['second', 1_000]
  const count = everyMs / ms
  return count === 1 ? `Every ${name}` : `Every ${count} ${name}s`
}

function instantText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
