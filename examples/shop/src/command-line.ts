import { type DemoOptions, parseOptions, usage } from './options.ts'

const parent = process.ppid

/**
 * Calls `stop` when `npm run` is gone. npm hands SIGTERM to a shell that dies of it and tells
 * nobody, so that the demo would go on, unseen, on its port.
 */
export function whenOrphaned(stop: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    stop()
  }, 200)
  timer.unref()
}

/** Reads the command line; answers `--help` and what makes no sense by itself, and ends. */
export function readCommandLine(): DemoOptions {
  let options: DemoOptions | null
  try {
    options = parseOptions(process.argv.slice(2), process.env)
  } catch (error) {
    return fail(error)
  }
  if (options) return options
  console.log(usage)
  process.exit(0)
}

/** One line on what went wrong, and exit code 1. */
export function fail(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error)
  console.error(`demo: ${message.split('\n')[0]}`)
  process.exit(1)
}
