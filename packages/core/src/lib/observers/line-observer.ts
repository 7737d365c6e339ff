import { TaskflowError } from '../errors.ts'
import type { OptionNames } from '../option-names.ts'
import { LOG_LEVELS, type LogLevel } from '../record.ts'
import type { LifecycleEvent, LogEvent, TaskObserver } from './observer.ts'
import { visible } from './visible.ts'

const FORMATS: readonly LineFormat[] = ['text', 'json']

/** `text` for people, `json` for programs: one object a line. */
export type LineFormat = 'text' | 'json'

/** Which events become lines, and what they look like. */
export interface LineOptions {
  /** Lines that tasks write. [true] */
  logs?: boolean
  /** Steps in their lives. [true] */
  lifecycle?: boolean
  /**
   * Leaves out what is below: 'debug', 'info', 'warn' or 'error'. Of steps, `failed` is an error,
   * `retrying` and `interrupted` are warnings, the rest is info. ['debug': nothing]
   */
  level?: LogLevel
  /** What a line looks like. */
  format?: LineFormat
}

export const LINE_NAMES: OptionNames<LineOptions> = {
  logs: true,
  lifecycle: true,
  level: true,
  format: true,
}

/** Turns events into lines. Whatever a task writes stays on its line and cannot forge another. */
export function lineObserver(
  where: string,
  options: LineOptions & { format: LineFormat },
  write: (line: string, level: LogLevel) => void | Promise<void>,
): Pick<TaskObserver, 'onLog' | 'onLifecycle'> {
  const { logs = true, lifecycle = true, level = 'debug', format } = options
  check(where, 'level', LOG_LEVELS, level)
  check(where, 'format', FORMATS, format)
  const lowest = LOG_LEVELS.indexOf(level)
  const isText = format === 'text'
  return {
    ...(logs && {
      onLog(event) {
        if (LOG_LEVELS.indexOf(event.level) < lowest) return
        return write(isText ? logText(event) : logJson(event), event.level)
      },
    }),
    ...(lifecycle && {
      onLifecycle(event) {
        const levelOfStep = levelOf(event)
        if (LOG_LEVELS.indexOf(levelOfStep) < lowest) return
        return write(isText ? stepText(event) : stepJson(event, levelOfStep), levelOfStep)
      },
    }),
  }
}

function check(where: string, option: string, values: readonly string[], value: string): void {
  if (values.includes(value)) return
  throw new TaskflowError(
    'configuration',
    `${where}: ${option}: expected ${values.join(', ')}, got ${String(value)}`,
  )
}

function logText(event: LogEvent): string {
  return `${prefix(event)} ${visible(event.message)}`
}

function stepText(event: LifecycleEvent): string {
  const took = event.durationMs === null ? '' : ` ${Math.round(event.durationMs)} ms`
  const error = event.error === null ? '' : ` ${visible(event.error)}`
  return `${prefix(event)} ${event.step}${took}${error}`
}

function prefix({ at, funcName, taskId }: LogEvent | LifecycleEvent): string {
  return `${instant(at)} ${funcName} ${taskId.slice(-8)}`
}

function logJson(event: LogEvent): string {
  const { level, taskId, funcName, attempt, stream, message, tags } = event
  const at = instant(event.at)
  const line = { at, level, task_id: taskId, func_name: funcName, attempt, stream, message, tags }
  return visible(JSON.stringify(line))
}

function stepJson(event: LifecycleEvent, level: LogLevel): string {
  const { step, taskId, funcName, attempt, durationMs, error, stacktrace, tags } = event
  const at = instant(event.at)
  const task = { task_id: taskId, func_name: funcName, attempt }
  const end = { duration_ms: durationMs, error, stacktrace }
  return visible(JSON.stringify({ at, level, step, ...task, ...end, tags }))
}

const instant = (at: number) => new Date(at).toISOString()

function levelOf({ step }: LifecycleEvent): LogLevel {
  if (step === 'failed') return 'error'
  return step === 'retrying' || step === 'interrupted' ? 'warn' : 'info'
}
