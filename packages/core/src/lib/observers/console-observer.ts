import type { LifecycleEvent, LogEvent, TaskObserver } from './observer.ts'

export interface ConsoleObserverOptions {
  /** Lines that tasks write. [true] */
  logs?: boolean
  /** Steps in their lives. [true] */
  lifecycle?: boolean
  /** Where lines go. [the console: warn and error to stderr] */
  write?: (line: string, level: LogEvent['level']) => void
}

/** One line per event on the console: `2026-11-22T10:00:00.000Z send_email 0190c2d4 success 12 ms`. */
export function consoleObserver(options: ConsoleObserverOptions = {}): TaskObserver {
  const { logs = true, lifecycle = true, write = writeToConsole } = options
  return {
    onLog(event) {
      if (logs) write(`${prefix(event)} ${visible(event.message)}`, event.level)
    },
    onLifecycle(event) {
      if (!lifecycle) return
      const took = event.durationMs === null ? '' : ` ${Math.round(event.durationMs)} ms`
      const error = event.error === null ? '' : ` ${visible(event.error)}`
      write(`${prefix(event)} ${event.step}${took}${error}`, levelOf(event))
    },
  }
}

function prefix(event: LogEvent | LifecycleEvent): string {
  return `${new Date(event.at).toISOString()} ${event.funcName} ${event.taskId.slice(-8)}`
}

function levelOf({ step }: LifecycleEvent): LogEvent['level'] {
  if (step === 'failed') return 'error'
  return step === 'retrying' || step === 'interrupted' ? 'warn' : 'info'
}

// Control, line-separating and bidirectional characters could forge lines or steer a terminal.
const UNSAFE = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** Text on one line, with characters that could forge output written as escapes. */
export function visible(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const code = character.codePointAt(0) ?? 0
    return `\\u${code.toString(16).padStart(4, '0')}`
  })
}

function writeToConsole(line: string, level: LogEvent['level']): void {
  // biome-ignore lint/suspicious/noConsole: this observer is for the console
  console[level](line)
}
