import { EventEmitter, once } from 'node:events'
import { defineTask } from '@taskflow/core'

/** What the tests tell running tasks: `say` (a line) and `end`. */
export const stage = new EventEmitter()

/** Logs what it is told, until it is told to end or asked to stop. */
export const recital = defineTask({
  name: 'recital',
  group: 'stage',
  async run(_: undefined, { log, signal }) {
    log('the curtain rises')
    const say = (text: string) => log(text)
    stage.on('say', say)
    try {
      await once(stage, 'end', { signal })
    } finally {
      stage.off('say', say)
    }
  },
})

export const greet = defineTask({
  name: 'greet',
  run: ({ name }: { name: string }) => ({ greeted: name }),
})

export const press = { jammed: true }

/** Fails twice per run while the press is jammed. */
export const print = defineTask({
  name: 'print',
  retries: 1,
  delayMs: 1,
  run(_: undefined, { log, attempt }) {
    log(`sheet of attempt ${attempt + 1}`)
    if (press.jammed) throw new TypeError('the press is jammed')
  },
})

export const hostileText =
  '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>\u202Egnp\u0000'

/** Puts {@link hostileText} wherever a task can put text. */
export const attack = defineTask({
  name: 'attack',
  run(_: { note: string }, { log }) {
    log(hostileText)
    throw new Error(`${hostileText}\n${'x'.repeat(5_000)}`)
  },
})

export const dashboardTasks = [recital, greet, print, attack] as const
