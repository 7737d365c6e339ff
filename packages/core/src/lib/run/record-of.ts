import { isFinal, type TaskRecord } from '../record.ts'
import type { StoredTask } from '../storage/contract.ts'

/** A stored task with payload and result as values. */
export function recordOf({
  payload,
  result,
  requeueOnInterrupt: _,
  ...stored
}: StoredTask): TaskRecord {
  return {
    ...stored,
    payload: JSON.parse(payload),
    result: isFinal(stored.status) && result !== null ? JSON.parse(result) : undefined,
  }
}
