import type { HandlerOptions } from '@taskflow/core'
import { fail, whenOrphaned } from './command-line.ts'
import { describeStorage, startDemo } from './demo.ts'
import type { DemoOptions } from './options.ts'

/**
 * Runs the demo in this process until SIGINT or SIGTERM: says where it is when it is ready. A
 * second signal hurries, a third one ends it at once.
 */
export async function main(
  options: DemoOptions,
  handler: Pick<HandlerOptions, 'ui'> = {},
): Promise<void> {
  const starting = startDemo(options, handler)
  let signals = 0
  const onSignal = () => {
    signals++
    if (signals > 2) process.exit(1)
    if (signals === 1) console.log('Stopping; what does not end in a moment is handed back.')
    starting.then((demo) => demo.stop()).then(() => process.exit(0), fail)
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  whenOrphaned(onSignal)

  const { url } = await starting
  const { framework, storage, auth, trafficPerSecond } = options
  const traffic = trafficPerSecond > 0 ? `${trafficPerSecond} sample tasks a second` : 'no traffic'
  console.log(`Taskflow shop on ${framework}, ${describeStorage(storage)}, ${traffic}.`)
  if (!auth) console.log('No password, so it answers this machine only (--auth user:password).')
  console.log(`Dashboard: ${url}`)
}
