import { Cron } from 'croner'
import { WallClock } from './wall-clock.ts'

/** A cron expression, and the zone whose clocks it goes by. */
export interface CronTiming {
  cron: string
  timeZone: string
}

/** A cron expression by the clocks of a zone; makes no timers. */
export function cronOf({ cron, timeZone }: CronTiming): Cron {
  return new Cron(cron, { timezone: timeZone, paused: true })
}

/**
 * The first instant after another at which a cron expression is due; null when none is left. Where
 * the clocks are set, the hours decide, as with cronie. Named ones (`2`, `1,2`, `9-17`) are times of
 * day: each comes once, the first time that the clocks show it, or when they leap over it. With
 * `*` or a step, it comes whenever the clocks show such an hour.
 */
export function cronTimes(timing: CronTiming): (after: number) => number | null {
  const { cron, timeZone } = timing
  if (timeZone === 'UTC' || !hasNamedHours(cron)) {
    const times = cronOf(timing)
    return (after) => times.nextRun(new Date(after))?.getTime() ?? null
  }
  const clock = new WallClock(timeZone)
  const shown = cronOf({ cron, timeZone: 'UTC' })
  return (after) => {
    // Times that were shown before come first again after the clocks were set back: they are over.
    for (let wall = shown.nextRun(new Date(clock.at(after))); wall; wall = shown.nextRun(wall)) {
      const at = clock.firstShows(wall.getTime())
      if (at !== null && at > after) return at
    }
    return null
  }
}

function hasNamedHours(cron: string): boolean {
  if (cron.startsWith('@')) return cron.toLowerCase() !== '@hourly'
  const fields = cron.split(' ')
  const hours = fields[fields.length === 5 ? 1 : 2] ?? ''
  return !/[*/?]/.test(hours)
}
