import { isFinal, type TaskRecord } from '../record.ts'
import type { StoredTask } from '../storage/contract.ts'

/** A stored task with payload and result as values. */
export function recordOf({
  payload,
  result,
  requeueOnInterrupt: _,
  onParentFailure: __,
  ...stored
}: StoredTask): TaskRecord {
  return {
    ...stored,
    payload: parsed(payload),
    result: isFinal(stored.status) && result !== null ? parsed(result) : undefined,
  }
}

/** Undefined for text that is no JSON: the rest of the task is still worth reading. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
