import type { ScheduleStorage, StoredSchedule } from '@taskflow/core'

/** Watches schedules: each tick once, by the definition that is stored, and the newest one stored. */
export class ScheduleReferee {
  readonly #memory: ScheduleStorage | undefined
  readonly #violated: (what: string) => void
  readonly #ticks = new Set<string>()

  constructor(memory: ScheduleStorage | undefined, violated: (what: string) => void) {
    this.#memory = memory
    this.#violated = violated
  }

  watch(schedules: ScheduleStorage): ScheduleStorage {
    return {
      list: (input) => schedules.list(input),
      change: (input) => schedules.change(input),
      ticks: (input) => schedules.ticks(input),
      declare: (input) => schedules.declare(input),
      fire: async (input) => {
        const stored = this.#memory?.list()
        const results = await schedules.fire(input)
        const revisions = new Map(
          (await stored)?.map(({ scheduleId, revision }) => [scheduleId, revision]),
        )
        input.ticks.forEach(({ outcome, revision }, n) => {
          const { scheduleId = '', dueAt, result, taskId } = results[n] ?? {}
          if (result === 'taken' || outcome === 'manual') return
          if (revisions.get(scheduleId) !== revision) {
            this.#violated(
              `tick ${scheduleId} ${dueAt} was fired by a definition that is not stored`,
            )
          }
          const tick = `${scheduleId} ${dueAt}`
          // What was only written down as missed may still run once it is moved back.
          if (taskId === null) return
          if (this.#ticks.has(tick)) this.#violated(`tick ${tick} was written down twice`)
          this.#ticks.add(tick)
        })
        return results
      },
    }
  }

  /**
   * Checks what is stored against what those declare that live: all of it had its turn, and of that
   * the one that was new last counts. Who was first of two that came at once is the storage's to say.
   */
  checkStored(
    stored: readonly StoredSchedule[],
    declared: readonly { scheduleId: string; revision: string }[],
  ): void {
    for (const { scheduleId, revision, definition } of stored) {
      const { revisions } = JSON.parse(definition) as { revisions: string[] }
      const ages = declared
        .filter((one) => one.scheduleId === scheduleId)
        .map((one) => revisions.indexOf(one.revision))
      if (Math.min(...ages) >= 0 && revisions[Math.max(...ages)] === revision) continue
      this.#violated(`schedule ${scheduleId} is as nobody, or an older version, declares it`)
    }
  }
}
