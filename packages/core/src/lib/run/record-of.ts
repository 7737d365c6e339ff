import { isFinal, type TaskRecord } from '../record.ts'
import type { StoredTask } from '../storage/contract.ts'
import { looksSealed } from './encryption/envelope.ts'

/** A stored task with payload and result as values, or as they are stored if they are encrypted. */
export function recordOf({
  payload: payloadText,
  result: resultText,
  requeueOnInterrupt: _,
  onParentFailure: __,
  ...stored
}: StoredTask): TaskRecord {
  const payload = readable(payloadText)
  const result = readable(isFinal(stored.status) ? resultText : null)
  return {
    ...stored,
    payload: payload.value,
    encryptedPayload: payload.encrypted,
    result: result.value,
    encryptedResult: result.encrypted,
  }
}

function readable(text: string | null): { value: unknown; encrypted: string | null } {
  if (text === null) return { value: undefined, encrypted: null }
  if (looksSealed(text)) return { value: undefined, encrypted: text }
  return { value: parsed(text), encrypted: null }
}

/** Undefined for text that is no JSON: the rest of the task is still worth reading. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
