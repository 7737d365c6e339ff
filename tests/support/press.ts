import { defineTask, taskLog } from '@taskflow/core'

/** Prints much to its error output and fails; runs in a process of its own. */
export const printEdition = defineTask({
  name: 'print_edition',
  executor: 'process',
  run({ sheets }: { sheets: number }) {
    for (let sheet = 1; sheet <= sheets; sheet++) {
      if (sheet % 10 === 0) process.stderr.write(`ERROR: sheet ${sheet} is torn\n`)
      else process.stdout.write(`sheet ${sheet} is fine\n`)
    }
    throw new Error('too many torn sheets')
  },
})

export const printWeather = defineTask({ name: 'print_weather', run: () => 'sun' })

/** Only uses `taskLog`; both attempts fail. */
export const countSheets = defineTask({
  name: 'count_sheets',
  retries: 1,
  run(_: undefined, { attempt }) {
    taskLog(`sheet ${attempt + 1} of 2`)
    taskLog(`no paper ${attempt + 1}`, 'error')
    throw new Error(`jam ${attempt + 1}`)
  },
})
