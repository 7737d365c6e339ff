import type { LogEntry, TaskProgress } from '@taskflow/core'

/** What happened to a task beyond the ordinary, as its row keeps it. */
export interface Notes {
  error?: string | null
  stacktrace?: string | null
  crashes?: number
  progress?: TaskProgress
  /** Newest lines of its log, how many it has in all, and how many of those are in chunks. */
  lines?: LogEntry[]
  logCount?: number
  chunked?: number
  /** Of the last attempt of an ended task, where it does not follow from the rest of the row. */
  outcome?: string
  attempt?: number
  /** Fence of that attempt, if another than its owner ended it. */
  taken?: number
  late?: string
}

export function toNotes(text: string | null): Notes {
  return text === null ? {} : (JSON.parse(text) as Notes)
}

/** Null when there is nothing to say. JSON escapes what UTF-8 cannot hold. */
export function notesText(notes: Notes): string | null {
  const { error, stacktrace, ...rest } = notes
  const said: Notes = rest
  if (error != null) said.error = error
  if (stacktrace != null) said.stacktrace = stacktrace
  const text = JSON.stringify(said)
  return text === '{}' ? null : text
}
